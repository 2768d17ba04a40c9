// Behaviors first and last: the value an event carried.
//
// `last`, and `first` without a window: 6 time · stored value. `first` in a window: 6 newest time dropped +1
// · for each event 6 time · stored value, oldest first; a window so full keeps the earliest and passes over
// what comes.
#pragma once

#include "sdk/engine/behavior.hpp"

namespace desirepath {

BehaviorReading read_last(const format::BehaviorRecord& behavior, Payload record,
                          std::int64_t time_ms) noexcept;
BehaviorReading read_first(const format::BehaviorRecord& behavior, Payload record,
                           std::int64_t time_ms) noexcept;

// `value` must be storable.
void update_last(const format::BehaviorRecord& behavior, State& state, std::int64_t time_ms,
                 const Value& value) noexcept;
void update_first(const format::BehaviorRecord& behavior, State& state, std::int64_t time_ms,
                  const Value& value) noexcept;

// The time of what is read at `time_ms`; -1 where nothing is.
std::int64_t time_of_last(const format::BehaviorRecord& behavior, Payload record,
                          std::int64_t time_ms) noexcept;
std::int64_t time_of_first(const format::BehaviorRecord& behavior, Payload record,
                           std::int64_t time_ms) noexcept;

}  // namespace desirepath
