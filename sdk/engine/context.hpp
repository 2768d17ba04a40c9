// What the circumstances of events say of a person: campaign, device, and where a session began. Derived from
// `context.*` of the event alone, so that a page's, a server's and an imported event are understood alike.
// Each fact is a record of the state of its own, kept only where the program uses it.
#pragma once

#include "sdk/engine/event.hpp"
#include "sdk/engine/session.hpp"
#include "sdk/engine/state.hpp"

namespace desirepath {

// The fact as it was said last: a text of at most kStateValueBytesMax bytes, `session_engaged` a number of
// milliseconds; missing before.
Value context_value(const State& state, format::ContextField field) noexcept;

// Takes over what the event says. `session` is what the event did to the session.
void update_context(const Program& program, State& state, const Event& event,
                    const SessionStep& session) noexcept;

}  // namespace desirepath
