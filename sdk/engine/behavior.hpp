// Behaviors: named aggregates over a profile's events. Windows are (t - within, t]. What each kind does with
// an event is in the file of its name.
#pragma once

#include <cstdint>

#include "sdk/engine/condition.hpp"
#include "sdk/engine/features.hpp"

namespace desirepath {

// What a build of the engine must be able to do for behaviors of a kind.
constexpr std::uint32_t feature_of(format::BehaviorKind kind) {
  using enum format::BehaviorKind;
  switch (kind) {
    case min:
    case max:
    case first:
    case distinct: return kFeatureExtremes;
    case sequence: return kFeatureSequence;
    case affinity: return kFeatureAffinity;
    default: return kFeatureCore;
  }
}

struct BehaviorReading {
  // Of count, sum, distinct and sequence a number, 0 before the first event; of min and max a number, of
  // first and last what was remembered, of an affinity the texts as an array: missing before the first event.
  Value value;
  // More happened than the behavior keeps, or a remembered text was cut.
  bool inexact = false;
};

// The behavior's value at `time_ms`. Reads never write. The value points into the state.
BehaviorReading read_behavior(const Program& program, const State& state, std::uint32_t behavior,
                              std::int64_t time_ms) noexcept;

// Folds the scope's event, whose name the behavior asks for, into `state` (the scope's own).
void update_behavior(const Scope& scope, State& state, std::uint32_t behavior) noexcept;

// The first time after `time_ms` at which the value can be another though nothing happens: when the oldest
// entry leaves the window. State::kNever where nothing will.
std::int64_t next_change_ms(const Program& program, const State& state, std::uint32_t behavior,
                            std::int64_t time_ms) noexcept;

}  // namespace desirepath
