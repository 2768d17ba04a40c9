// Behaviors: named aggregates over a profile's events. Windows are (t - within, t].
#pragma once

#include <cstdint>

#include "sdk/engine/condition.hpp"

namespace desirepath {

struct BehaviorReading {
  Value value;  // a number; of a `last`: what was remembered, or the time in ms; missing if nothing happened
  bool inexact = false;  // the window held more than the behavior keeps, or a remembered text was cut
};

// The behavior's value at `time_ms`. Reads never write. The value points into the state.
BehaviorReading read_behavior(const Program& program, const State& state, std::uint32_t behavior,
                              std::int64_t time_ms) noexcept;

// Folds the scope's event, whose name the behavior asks for, into `state` (the scope's own).
void update_behavior(const Scope& scope, State& state, std::uint32_t behavior) noexcept;

}  // namespace desirepath
