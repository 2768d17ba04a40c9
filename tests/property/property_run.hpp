// How many cases a run takes, from which seed, and what a case is.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "tests/property/random.hpp"
#include "tests/reference/history.hpp"

namespace desirepath::tests {

using reference::Json;

// A journey and one person's events, in the order of (timestamp, messageId).
struct Case {
  Json journey;
  std::vector<Json> events;
};

// The case of a seed: the same everywhere.
Case random_case(std::uint64_t seed);

// What is wrong with a case; empty if nothing is. The random numbers are for how to look at it: equal for
// equal cases.
using Property = std::function<std::string(const Case&, Random)>;

// Tries the property on `share` percent of the run's cases. The first that fails is made small and fails the
// test, with its seed, its journey and its events.
//
//   DESIREPATH_SEED=n    that case alone
//   DESIREPATH_CASES=n   so many cases instead of the default
void for_random_cases(int share, const Property& property);

}  // namespace desirepath::tests
