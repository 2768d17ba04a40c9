// Sessions: runs of events with no silence of more than 30 minutes between them.
#pragma once

#include <optional>
#include <string>

#include "tests/reference/history.hpp"

namespace desirepath::reference {

// A field of the latest session; nothing before the first event.
std::optional<Json> session(const Moment& moment, const std::string& field);

}  // namespace desirepath::reference
