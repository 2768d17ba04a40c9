// Behavior affinity: the texts events carried, dearest first.
//
//   6 time of the weights · u8 1 once a text was replaced or cut · the texts as a tagged array (value.hpp) ·
//   for each text its f64 weight
//
// All weights are of one time and halve together, so their order changes only when an event comes, and the
// array is the reading as it stands.
#pragma once

#include "sdk/engine/behavior.hpp"
#include "sdk/engine/limits.hpp"

namespace desirepath {

inline constexpr std::size_t kAffinityHeadBytes = kTimeBytes + 1 + kContainerHeadBytes;
inline constexpr std::size_t kAffinityTextBytesMax = 5 + kStateValueBytesMax + sizeof(double);

BehaviorReading read_affinity(Payload record) noexcept;

// Adds 1 to the weight of a text, cut to kStateValueBytesMax; other values are passed over. A new text takes
// the place of the lightest where `keep` are held. Of equal weights the text that came later is first.
void update_affinity(const format::BehaviorRecord& behavior, State& state, std::int64_t time_ms,
                     const Value& value) noexcept;

}  // namespace desirepath
