#include "tests/property/random_case.hpp"

#include "tests/property/random_events.hpp"
#include "tests/property/random_journey.hpp"
#include "tests/property/random_successor.hpp"
#include "tests/reference/calendar.hpp"

namespace desirepath::tests {

Case random_case(std::uint64_t seed) {
  Random random(seed);
  Case made;
  made.journey = random_journey(random);
  made.events = random_events(random, made.journey);
  return made;
}

Case random_succession(std::uint64_t seed) {
  Case made = random_case(seed);
  Random random(seed ^ 0x5375636365656473u);
  made.successor = random_successor(random, made.journey);
  made.successor_since_ms = random_edge(random, made.events);
  return made;
}

std::int64_t time_of(const Json& event) {
  return reference::parse_timestamp(event.at("timestamp"));
}

}  // namespace desirepath::tests
