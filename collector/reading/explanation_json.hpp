// Why a trigger speaks or not, as JSON for people to read.
//
// {"trigger","enabled","where","armed","when","due","conditions":[{"part":"where"|"arm"|"when","depth","audience","fact","op",
//  "than","value","held","inexact":true}],"actions":[{"channel","slot","treatment","reason"}]}
//
// "due" is when its wait ends. What does not apply is left out. A missing fact has no "value"; an action
// without a "reason" would speak.
#pragma once

#include <string>

#include "sdk/engine/condition.hpp"

namespace desirepath::collector {

// Explains the trigger (an index of the scope's program) at the scope's moment.
std::string explanation_json(const Scope& scope, std::uint32_t trigger);

}  // namespace desirepath::collector
