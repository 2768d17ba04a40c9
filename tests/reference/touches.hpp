// Which events can change what a condition says.
#pragma once

#include <string>

#include "tests/reference/history.hpp"

namespace desirepath::reference {

// Whether an event of that name can change what the condition reads of the profile: the name alone counts.
bool can_change(const Json& journey, const Json& condition, const std::string& event_name);

// The same for one fact.
bool can_change_fact(const Json& journey, const std::string& fact, const std::string& event_name);

}  // namespace desirepath::reference
