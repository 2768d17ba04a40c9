#include "tests/property/random_case.hpp"

#include "tests/property/random_events.hpp"
#include "tests/property/random_journey.hpp"

namespace desirepath::tests {

Case random_case(std::uint64_t seed) {
  Random random(seed);
  Case made;
  made.journey = random_journey(random);
  made.events = random_events(random, made.journey);
  return made;
}

}  // namespace desirepath::tests
