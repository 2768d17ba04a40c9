// Sessions, derived from the times of the events themselves: a silence of kSessionGapMs ends one.
#pragma once

#include <cstdint>

#include "sdk/engine/event.hpp"
#include "sdk/engine/state.hpp"
#include "sdk/engine/value.hpp"

namespace desirepath {

// A field of the latest session at `time_ms`; missing before the first event.
Value session_value(const State& state, format::SessionField field, std::int64_t time_ms) noexcept;

// Counts the event into the running session or begins the next. `time_ms` is the event's, clamped.
void update_session(State& state, EventType type, std::int64_t time_ms) noexcept;

}  // namespace desirepath
