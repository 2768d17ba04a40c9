// Behaviors count and sum.
//
// Without a window: u32 times, f64 sum. With one, entries of window.hpp: the time, and of a sum its f64
// amount.
#pragma once

#include "sdk/engine/behavior.hpp"

namespace desirepath {

inline constexpr std::size_t kCountEntryBytes = kTimeBytes;
inline constexpr std::size_t kAmountEntryBytes = kTimeBytes + sizeof(double);

BehaviorReading read_count(const format::BehaviorRecord& behavior, Payload record,
                           std::int64_t time_ms) noexcept;
// An amount that would lead out of the finite numbers is not added.
BehaviorReading read_sum(const format::BehaviorRecord& behavior, Payload record,
                         std::int64_t time_ms) noexcept;

void update_count(const format::BehaviorRecord& behavior, State& state, std::int64_t time_ms) noexcept;
void update_sum(const format::BehaviorRecord& behavior, State& state, std::int64_t time_ms,
                double amount) noexcept;

}  // namespace desirepath
