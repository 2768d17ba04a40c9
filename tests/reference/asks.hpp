// Fields a person may be asked for.
#pragma once

#include <string>

#include "tests/reference/history.hpp"

namespace desirepath::reference {

// The trait that answers a field: as its ask says, else of the field's name.
std::string trait_of_field(const Json& journey, const std::string& field);

// How often the field was asked for, within its cap's window, else ever.
std::size_t times_asked(const Moment& moment, const std::string& field);

// Whether the field should be asked for.
bool should_ask(const Moment& moment, const std::string& field);

// The field that should be asked for next; empty for none.
std::string next_ask(const Moment& moment);

}  // namespace desirepath::reference
