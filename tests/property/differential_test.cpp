// The engine against the reference engine: the same journeys and events give the same decisions, moves and
// facts.

#include "tests/property/differential.hpp"

#include <doctest/doctest.h>

#include "tests/property/property_run.hpp"

using namespace desirepath;
using namespace desirepath::tests;

namespace {

// The first difference of the two engines over a case.
std::string difference(const Case& tried, Effects effects, Random random) {
  EngineRun engine(tried.journey, effects);
  ReferenceRun reference(tried.journey, effects == Effects::at_once);
  for (std::size_t i = 0; i < tried.events.size(); ++i) {
    std::string found = difference_as_it_happens(engine, reference, tried.journey, tried.events[i]);
    if (!found.empty()) return found;
    if (!random.chance(30)) continue;
    const std::int64_t now = time_of(tried.events[i]);
    const std::int64_t next = i + 1 < tried.events.size() ? time_of(tried.events[i + 1]) : now + kAfterwards;
    found = difference_as_time_passes(engine, reference, tried.journey, random.time_between(now, next));
    if (!found.empty()) return found;
  }
  return {};
}

}  // namespace

TEST_CASE("the engine decides as the reference does where fired decisions count at once") {
  for_random_cases(
      100, [](const Case& tried, Random random) { return difference(tried, Effects::at_once, random); });
}

TEST_CASE("the engine decides as the reference does where recorded effects count") {
  for_random_cases(
      100, [](const Case& tried, Random random) { return difference(tried, Effects::recorded, random); });
}
