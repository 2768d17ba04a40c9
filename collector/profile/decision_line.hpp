// A decision as a line of the decision log [contract]: keys in this order, absent ones left out.
//
// {"profile","timestamp","messageId","trigger","outcome":"fired"|"suppressed","reason","channel","slot","treatment",
//  "decisionId"} and, from the history, "revision" and "retracted":true.
#pragma once

#include <string>
#include <string_view>

#include "collector/profile/profile_record.hpp"

namespace desirepath::collector {

// `profile` is the public id.
std::string decision_line(std::string_view profile, const DecisionRecord& decision);

}  // namespace desirepath::collector
