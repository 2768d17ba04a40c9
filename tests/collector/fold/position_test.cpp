// What is stored says where in the journal it came from, and where it last changed.
#include <doctest/doctest.h>

#include <map>
#include <string>
#include <vector>

#include "collector/fold/test_collector.hpp"

using namespace desirepath::collector;
using namespace desirepath::collector::testing;

namespace {

constexpr std::int64_t kStartMs = 1'700'000'000'000;
constexpr std::int64_t kMinuteMs = 60'000;

TestEvent track(int minute, const std::string& id, const std::string& name, const std::string& device) {
  return make_event(kStartMs + minute * kMinuteMs, id, "track",
                    ",\"event\":\"" + name + "\",\"anonymousId\":\"" + device + "\"");
}

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

TEST_CASE("events keep the position of their batch, profiles and decisions that of their last change") {
  TestCollector collector;
  collector.now_ms = kStartMs + 5 * kMinuteMs;
  const Cursor first = collector.append({track(1, "m1", "Cart Updated", "a")});
  collector.run();
  const Cursor second =
      collector.append({track(2, "m2", "Help Read", "a"), track(2, "o2", "Product Viewed", "b")});
  collector.run();
  const Cursor elsewhere = collector.append({track(3, "o3", "Product Viewed", "b")});
  collector.run();
  Positions at = positions_of(collector, "a");
  CHECK(at.events == std::map<std::string, std::uint64_t>{{"m1", first.position}, {"m2", second.position}});
  CHECK(at.profile == second.position);
  CHECK(at.decisions.empty());

  // A wake-up counts under the cursor it finds.
  collector.now_ms = kStartMs + 31 * kMinuteMs;
  collector.run();
  at = positions_of(collector, "a");
  CHECK(at.profile == elsewhere.position);
  CHECK(at.decisions == std::vector<std::uint64_t>{elsewhere.position});

  // A late event refolds the profile: it changes, what it held before keeps its place.
  const Cursor late = collector.append({track(0, "m0", "Product Viewed", "a")});
  collector.run();
  at = positions_of(collector, "a");
  CHECK(at.events == std::map<std::string, std::uint64_t>{
                         {"m0", late.position}, {"m1", first.position}, {"m2", second.position}});
  CHECK(at.profile == late.position);
  CHECK(at.decisions == std::vector<std::uint64_t>{elsewhere.position});

  // What it contradicts is retracted under it.
  const Cursor order = collector.append({track(3, "m3", "Order Completed", "a")});
  collector.run();
  CHECK(positions_of(collector, "a").decisions == std::vector<std::uint64_t>{order.position});
}
