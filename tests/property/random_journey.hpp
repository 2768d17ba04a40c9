// Journeys over everything a journey may say, sized to stay within a device's state.
#pragma once

#include "tests/property/random_case.hpp"

namespace desirepath::tests {

// A journey the compiler accepts, with at least one trigger.
Json random_journey(Random& random);

}  // namespace desirepath::tests
