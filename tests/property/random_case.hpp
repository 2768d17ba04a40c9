// A journey and one person's events, made up from a seed; where it is asked for, with a new version of the
// journey that takes over meanwhile.
#pragma once

#include <cstdint>
#include <vector>

#include "tests/property/random.hpp"
#include "tests/reference/history.hpp"

namespace desirepath::tests {

using reference::Json;

struct Case {
  Json journey;
  std::vector<Json> events;  // in the order of (timestamp, messageId)
  Json successor;            // null where none takes over
  std::int64_t successor_since_ms = 0;
};

// The case of a seed: the same on every host.
Case random_case(std::uint64_t seed);
// The same with a successor.
Case random_succession(std::uint64_t seed);

// When an event happened, ms since 1970.
std::int64_t time_of(const Json& event);

// How long time still passes after a life's last event, ms: longer than most waits.
inline constexpr std::int64_t kAfterwards = std::int64_t{3} * 24 * 60 * 60 * 1000;

}  // namespace desirepath::tests
