// Triggers of an event: found by its name and by the texts their conditions demand, so that a step costs what
// can match.
#pragma once

#include "sdk/engine/candidates.hpp"
#include "sdk/engine/condition.hpp"

namespace desirepath {

// Adds the triggers that the scope's event can fire at once.
void add_triggers_of(const Scope& scope, const format::EventRecord& event, Candidates& candidates) noexcept;

}  // namespace desirepath
