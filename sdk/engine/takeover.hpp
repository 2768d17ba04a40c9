// A new version of a journey takes over a person who is under way.
//
// What is known of the person (behaviors, scores, traits, recorded effects, …) the new version has recomputed
// over all events by `backfill`; where the person is, in the journey and in experiments, and what waits comes
// from the version before. Nobody moves and nothing fires because of it.
#pragma once

#include <cstdint>

#include "sdk/engine/program.hpp"
#include "sdk/engine/state.hpp"

namespace desirepath {

// `state` is the new program's, folded by `backfill` over the events before `time_ms`; `before` is what
// `earlier` left of the same events, woken up to `time_ms`. The stage stays where its id survives, else
// follows the program's migrations, else is none. Waits of triggers that are still delayed end when they were
// to end, or, where the program migrates waits, as long after their beginning as the trigger now says, but
// not before `time_ms`; the others are dropped. Who has had no event yet has nothing to be taken over. False
// when `state` has no room, and is no longer usable.
[[nodiscard]] bool take_over(const Program& program, State& state, const Program& earlier,
                             const State& before, std::int64_t time_ms) noexcept;

}  // namespace desirepath
