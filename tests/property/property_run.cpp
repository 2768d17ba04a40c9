#include "tests/property/property_run.hpp"

#include <doctest/doctest.h>

#include <cstdlib>

#include "tests/property/shrink.hpp"
#include "tests/reference/calendar.hpp"

namespace desirepath::tests {

namespace {

constexpr std::uint64_t kFirstSeed = 1;
constexpr std::uint64_t kCases = DESIREPATH_PROPERTY_CASES;

std::uint64_t number_from(const char* variable, std::uint64_t otherwise) {
  const char* text = std::getenv(variable);
  return text == nullptr || *text == '\0' ? otherwise : std::strtoull(text, nullptr, 10);
}

Random looks_of(std::uint64_t seed) {
  return Random(~seed);
}

void report(std::uint64_t seed, const Case& failing, const Property& property) {
  const Case small =
      shrunk(failing, [&](const Case& smaller) { return !property(smaller, looks_of(seed)).empty(); });
  std::string events;
  for (const Json& event : small.events) events += event.dump() + "\n";
  const std::string takeover = small.successor.is_null()
                                   ? ""
                                   : "from " + reference::timestamp_of(small.successor_since_ms) + " on\n" +
                                         small.successor.dump(1) + "\n";
  FAIL("DESIREPATH_SEED=" << seed << " fails: " << property(small, looks_of(seed)) << "\n"
                          << small.journey.dump(1) << "\n"
                          << events << takeover);
}

}  // namespace

void for_random_cases(int share, const Property& property, const std::function<Case(std::uint64_t)>& make) {
  const std::uint64_t only = number_from("DESIREPATH_SEED", 0);
  const std::uint64_t first = only != 0 ? only : number_from("DESIREPATH_FIRST", kFirstSeed);
  const std::uint64_t count =
      only != 0 ? 1 : number_from("DESIREPATH_CASES", kCases) * static_cast<std::uint64_t>(share) / 100;
  for (std::uint64_t seed = first; seed < first + count; ++seed) {
    const Case tried = make(seed);
    if (!property(tried, looks_of(seed)).empty()) report(seed, tried, property);
  }
}

}  // namespace desirepath::tests
