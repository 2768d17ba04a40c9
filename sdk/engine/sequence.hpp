// Behaviors over the order of events: how many times they came one after the other.
//
//   u32 completed · for each step but the last: 6 time +1 of the first event of the latest match that came so
//   far (0: none)
//
// Of two matches that came equally far, the one that started later can do all the other can, so one time a
// step is all there is to remember.
#pragma once

#include "sdk/engine/behavior.hpp"

namespace desirepath {

// Bytes of the record.
std::size_t sequence_bytes(const format::BehaviorRecord& behavior) noexcept;

BehaviorReading read_sequence(const format::BehaviorRecord& behavior, Payload record) noexcept;

// Folds the scope's event, which is that of a step or a breaker.
void update_sequence(const Scope& scope, State& state, const format::BehaviorRecord& behavior) noexcept;

}  // namespace desirepath
