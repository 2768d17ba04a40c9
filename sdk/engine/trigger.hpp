// Triggers: found by event name and by the texts their conditions demand, so that a step costs what can
// match. Delayed ones wait in the state until their time, or until the event whose absence they ask for.
#pragma once

#include "sdk/engine/arbitration.hpp"
#include "sdk/engine/condition.hpp"

namespace desirepath {

// Fires the triggers of the scope's event.
void fire_on_event(const Scope& scope, const format::EventRecord& event, Arbitration& arbitration) noexcept;

// Ends the waits the scope's event ends, and begins those it begins: a wait restarts at each event that arms
// it. Returns whether any wait changed.
bool update_waits(const Scope& scope, State& state, const format::EventRecord& event) noexcept;

// Performs the waits due at exactly `due_ms`, as one instant.
void fire_waits(const Program& program, State& state, std::int64_t due_ms, Effects effects, ZoneTable zones,
                Outcome& outcome) noexcept;

}  // namespace desirepath
