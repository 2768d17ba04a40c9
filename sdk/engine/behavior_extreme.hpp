// Behaviors min and max.
//
// Without a window: the f64. With one, entries of window.hpp with an f64 each, of which only those are kept
// that can still become the extreme: each stands further out than all that came after it, so the first one
// inside is the reading. A window so full passes over what comes, which would be the last to matter.
#pragma once

#include "sdk/engine/behavior.hpp"

namespace desirepath {

inline constexpr std::size_t kExtremeEntryBytes = kTimeBytes + sizeof(double);

BehaviorReading read_extreme(const format::BehaviorRecord& behavior, Payload record,
                             std::int64_t time_ms) noexcept;

// `number` must be finite.
void update_extreme(const format::BehaviorRecord& behavior, State& state, std::int64_t time_ms,
                    double number) noexcept;

}  // namespace desirepath
