// A journey and one person's events, made up from a seed.
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
};

// The case of a seed: the same on every host.
Case random_case(std::uint64_t seed);

}  // namespace desirepath::tests
