// One instant of a person's life: an event happens, or what was due at one time comes due. Each is decided in
// one arbitration over all triggers whose occasion it brought.
#pragma once

#include "sdk/engine/condition.hpp"
#include "sdk/engine/outcome.hpp"
#include "sdk/engine/step.hpp"

namespace desirepath {

// What the scope's event says about the person: session, traits, consents, effects, behaviors. The event's
// entry in the program, null where it has none.
const format::EventRecord* remember_event(const Scope& scope, State& state, Effects effects) noexcept;

// The scope's event as far as it tells of the person: session, traits, consents, effects, behaviors, scores,
// dates and audiences. Nobody moves and nothing is decided. `is_beginning`: it is the person's first.
void learn_event(const Scope& scope, State& state, bool is_beginning) noexcept;

// The whole of the scope's event: what it says, the stage it moves the person to, the waits it ends and
// begins, the triggers it fires. `scope.state` and `state` are the same state.
void perform_event(const Scope& scope, State& state, Effects effects, bool is_beginning,
                   Outcome& outcome) noexcept;

// Looks at every watched audience as it is at the scope's moment; no change is an occasion.
void look_at_all(const Scope& scope, State& state) noexcept;

// All that is due at exactly `scope.time_ms`; the scope has no event.
void perform_due(const Scope& scope, State& state, Effects effects, Outcome& outcome) noexcept;

}  // namespace desirepath
