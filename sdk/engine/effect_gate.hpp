// The one gate between a decision and its effect. A decision is a proposal of its logical time; before
// anything is shown or sent, whoever acts asks here, with the state as all known facts have made it by now.
#pragma once

#include <cstdint>
#include <string_view>

#include "sdk/engine/condition.hpp"
#include "sdk/engine/outcome.hpp"

namespace desirepath {

// What a decision proposes. Indexes are into the program.
struct Proposal {
  std::uint32_t trigger = 0;
  std::uint32_t action = 0;
  std::string_view anchor;
  std::int64_t time_ms = 0;  // the decision's, logical
};

// Why the proposal must not become an effect now, none where it may. `scope` is the person now: the state
// folded of all facts, `time_ms` the present, no event. In this order:
//
//   stale                             older than the trigger's freshness
//   consent suppressed holdout quiet_hours   as it is now
//   purpose_served promise_conflict   an effect since the proposal's time, or in force at it
//   cap_trigger cap_purpose cap_channel      an effect at the proposal's time, or one now, would be one too
//                                     many in some window that holds it, whatever lies before or after
//
// What the same trigger did after the same anchor on other channels stands in nobody's way; that the very
// decision has no effect yet, its decisionId tells the caller. Where a list of effects is full and does not
// reach back to a window's beginning, what was there before counts as used up.
Reason reason_to_stop(const Scope& scope, const Proposal& proposal) noexcept;

}  // namespace desirepath
