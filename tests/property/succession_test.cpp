// A new version takes over as the reference says: before that time the earlier one decides, from then on the
// new one, which knows the whole past.

#include <doctest/doctest.h>

#include "tests/property/differential.hpp"
#include "tests/property/property_run.hpp"

using namespace desirepath;
using namespace desirepath::tests;

namespace {

std::string difference(const Case& tried, Random random) {
  if (tried.successor.is_null()) return {};
  EngineRun first(tried.journey, Effects::recorded);
  EngineRun second(tried.successor, Effects::recorded);
  ReferenceRun reference(tried.journey, false);
  const std::int64_t since_ms = tried.successor_since_ms;
  std::size_t i = 0;
  for (; i < tried.events.size() && time_of(tried.events[i]) < since_ms; ++i) {
    const std::string found = difference_as_it_happens(first, reference, tried.journey, tried.events[i]);
    if (!found.empty()) return found;
    second.learn(tried.events[i]);
    if (second.last_error() != StepError::none) return "the second version cannot learn an event";
  }
  std::string found = difference_of_lines("until the takeover", first.pass_time(since_ms),
                                          reference.take_over(tried.successor, since_ms));
  if (!found.empty()) return found;
  if (!second.take_over(first, since_ms)) return "the second version has no room to take over";
  found = difference_of_facts(second, reference, tried.successor, since_ms);
  if (!found.empty()) return "at the takeover " + found;
  std::int64_t now_ms = since_ms;
  for (; i < tried.events.size(); ++i) {
    const std::int64_t next_ms = time_of(tried.events[i]);
    if (random.chance(30)) {
      found =
          difference_as_time_passes(second, reference, tried.successor, random.time_between(now_ms, next_ms));
    }
    if (found.empty()) found = difference_as_it_happens(second, reference, tried.successor, tried.events[i]);
    if (!found.empty()) return found;
    now_ms = next_ms;
  }
  return difference_as_time_passes(second, reference, tried.successor, now_ms + kAfterwards);
}

}  // namespace

TEST_CASE("a new version takes over as the reference says") {
  for_random_cases(100, difference, random_succession);
}
