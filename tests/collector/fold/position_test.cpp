// What is stored says when in the store's history it came in, and when it last changed.
#include <doctest/doctest.h>

#include <map>
#include <string>
#include <vector>

#include "collector/fold/test_collector.hpp"

using namespace desirepath::collector;
using namespace desirepath::collector::testing;

namespace {

struct Positions {
  std::map<std::string, std::uint64_t> events;
  std::uint64_t profile = 0;
  std::vector<std::uint64_t> decisions;
};

Positions positions_of(TestCollector& collector, const std::string& device) {
  auto snapshot = collector.store->snapshot();
  REQUIRE(snapshot);
  const auto id = find_profile(**snapshot, "anonymousId", device);
  REQUIRE(id);
  Positions positions;
  const auto events = events_of_profile(**snapshot, *id, false);
  REQUIRE(events);
  for (const OrderedEvent& next : *events) positions.events[next.event.message_id] = next.event.position;
  const auto profile = (*snapshot)->profiles().load(*id);
  REQUIRE(profile);
  positions.profile = (*profile)->position;
  const auto decisions = (*snapshot)->profiles().decisions(*id);
  REQUIRE(decisions);
  for (const DecisionRecord& decision : *decisions) positions.decisions.push_back(decision.position);
  return positions;
}

}  // namespace

TEST_CASE(
    "events keep the position at which they were kept, profiles and decisions that of their last change") {
  TestCollector collector;
  const auto take = [&](const TestEvent& event) {
    collector.take({event});
    return positions_of(collector, "a");
  };
  collector.now_ms = kStartMs + 5 * kMinuteMs;
  Positions at = take(track_device(1, "m1", "Cart Updated", "a"));
  const std::uint64_t first = at.events["m1"];
  CHECK(first > 0);
  CHECK(at.profile == first);
  at = take(track_device(2, "m2", "Help Read", "a"));
  const std::uint64_t second = at.events["m2"];
  CHECK(second > first);
  CHECK(at.profile == second);
  at = take(track_device(3, "o3", "Product Viewed", "b"));
  CHECK(at.events == std::map<std::string, std::uint64_t>{{"m1", first}, {"m2", second}});
  CHECK(at.profile == second);
  CHECK(at.decisions.empty());

  // A wake-up has a position of its own, though nothing came in.
  const std::uint64_t before_wake = positions_of(collector, "b").profile;
  collector.now_ms = kStartMs + 31 * kMinuteMs;
  collector.run();
  at = positions_of(collector, "a");
  const std::uint64_t woken = at.profile;
  CHECK(woken > before_wake);
  CHECK(at.decisions == std::vector<std::uint64_t>{woken});

  // A late event refolds the profile: it changes, what it held before keeps its place.
  at = take(track_device(0, "m0", "Product Viewed", "a"));
  const std::uint64_t late = at.events["m0"];
  CHECK(late > woken);
  CHECK(at.events == std::map<std::string, std::uint64_t>{{"m0", late}, {"m1", first}, {"m2", second}});
  CHECK(at.profile == late);
  CHECK(at.decisions == std::vector<std::uint64_t>{woken});

  // What it contradicts is retracted under it; the history goes on after a restart.
  collector.reopen();
  at = take(track_device(3, "m3", "Order Completed", "a"));
  CHECK(at.events["m3"] > late);
  CHECK(at.decisions == std::vector<std::uint64_t>{at.events["m3"]});
}
