// A profile as one line of JSON: what exports write, and what a condition over profiles reads.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "collector/reading/profile_reading.hpp"

namespace desirepath::collector {

// {"profile","identifiers":[{"type","value","trust"}],"traits":{name:value},"stage","stageSince",
// "audiences":[…],"behaviors":{…},"scores":{…},"firstSeen","lastSeen"} and no line end.
std::string profile_line(std::string_view id, const ProfileRecord& profile, const ProfileReading& reading,
                         const std::vector<NamedIdentifier>& identifiers);

}  // namespace desirepath::collector
