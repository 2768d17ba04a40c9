// When a condition's answer can change by itself: a window runs out, a score falls, somebody has been in a
// stage for long enough.
#pragma once

#include <cstdint>

#include "sdk/engine/condition.hpp"

namespace desirepath {

// The first time after `scope.time_ms` at which the condition that starts at `node` can answer otherwise
// though nothing happens; State::kNever where it cannot. It may come early, when one of the facts the
// condition reads changes and the answer stays; it never comes late. The scope's event is not read: what an
// event says is gone with it. What moves all the time (now.*, a model over scores or ages) is not followed;
// the compiler lets no such condition be watched.
std::int64_t next_turn_ms(const Scope& scope, std::uint32_t node) noexcept;

}  // namespace desirepath
