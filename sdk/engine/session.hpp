// Sessions, derived from the times of the events themselves: a silence of kSessionGapMs ends one.
#pragma once

#include <cstdint>

#include "sdk/engine/event.hpp"
#include "sdk/engine/state.hpp"
#include "sdk/engine/value.hpp"

namespace desirepath {

// A field of the latest session at `time_ms`; missing before the first event.
Value session_value(const State& state, format::SessionField field, std::int64_t time_ms) noexcept;

// What an event did to the session: began one, or came so long after the event before it.
struct SessionStep {
  bool began = false;
  std::int64_t gap_ms = 0;
};

// Counts the event into the running session or begins the next. `time_ms` is the event's, clamped.
SessionStep update_session(State& state, EventType type, std::int64_t time_ms) noexcept;

}  // namespace desirepath
