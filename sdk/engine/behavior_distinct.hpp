// Behavior distinct: how many different values events carried, told apart by 64-bit hashes.
//
// Without a window: u8 1 once a value was passed over for want of room · u64 hashes as they first came. With
// one, entries of window.hpp: each hash at the time it came last.
#pragma once

#include "sdk/engine/behavior.hpp"

namespace desirepath {

inline constexpr std::size_t kDistinctEntryBytes = kTimeBytes + sizeof(std::uint64_t);

BehaviorReading read_distinct(const format::BehaviorRecord& behavior, Payload record,
                              std::int64_t time_ms) noexcept;

// Texts, numbers and booleans of different kind are different; all other values are passed over.
void update_distinct(const format::BehaviorRecord& behavior, State& state, std::int64_t time_ms,
                     const Value& value) noexcept;

}  // namespace desirepath
