// Runs a property over random cases, as many as the run takes.
#pragma once

#include <functional>
#include <string>

#include "tests/property/random_case.hpp"

namespace desirepath::tests {

// What is wrong with a case; empty if nothing is. The random numbers are for how to look at it: equal for
// equal cases.
using Property = std::function<std::string(const Case&, Random)>;

// Tries the property on `share` percent of the run's cases. The first that fails is made small and fails the
// test, with its seed, its journey and its events. `make` makes the case of a seed.
//
//   DESIREPATH_SEED=n    that case alone
//   DESIREPATH_CASES=n   so many cases instead of the default
//   DESIREPATH_FIRST=n   from that seed on
void for_random_cases(int share, const Property& property,
                      const std::function<Case(std::uint64_t)>& make = random_case);

}  // namespace desirepath::tests
