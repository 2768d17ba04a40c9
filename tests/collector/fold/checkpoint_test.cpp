// A late event of a large profile is folded from the newest checkpoint before it, and nobody can tell.
#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "collector/fold/random_history.hpp"
#include "collector/store/connection.hpp"

using namespace desirepath::collector;
using namespace desirepath::collector::testing;

namespace {

constexpr std::uint64_t kNever = 1'000'000'000;

void execute(const TestCollector& collector, const std::string& sql) {
  auto connection = Connection::open(collector.path() / "profiles.db");
  REQUIRE(connection);
  REQUIRE(connection->execute(sql));
}

std::int64_t integer(const TestCollector& collector, const std::string& sql) {
  auto connection = Connection::open(collector.path() / "profiles.db");
  REQUIRE(connection);
  auto found = connection->integer(sql, -1);
  REQUIRE(found);
  return *found;
}

// Another version of the test's journey: the third look at a product is now the second or the fifth.
void take_up_version(TestCollector& collector, int version) {
  std::string journey = kTestJourney;
  const auto replace = [&](const std::string& what, const std::string& by) {
    const std::size_t at = journey.find(what);
    REQUIRE(at != std::string::npos);
    journey.replace(at, what.size(), by);
  };
  replace("\"version\": 1", "\"version\": " + std::to_string(version));
  replace("\"when\": { \"behaviors.viewed\": { \"$gte\": 3 } }",
          version % 2 == 0 ? "\"when\": { \"behaviors.viewed\": { \"$gte\": 2 } }"
                           : "\"when\": { \"behaviors.viewed\": { \"$gte\": 5 } }");
  REQUIRE(collector.journeys.load_sources(std::vector<JourneySource>{{"test.json", journey}}).empty());
}

// Views and orders of one device, a minute apart.
std::vector<TestEvent> long_life(int events) {
  std::vector<TestEvent> life;
  for (int i = 0; i < events; ++i) {
    const char* names[] = {"Product Viewed", "Cart Updated", "Product Viewed", "Order Completed"};
    life.push_back(track_device(i, "m" + std::to_string(100'000 + i), names[i % 4], "d"));
  }
  return life;
}

std::vector<TestEvent> slice(const std::vector<TestEvent>& events, std::size_t begin, std::size_t end) {
  return {events.begin() + static_cast<std::ptrdiff_t>(begin),
          events.begin() + static_cast<std::ptrdiff_t>(end)};
}

}  // namespace

TEST_CASE("checkpoints change nothing, whatever comes when, whatever becomes of them") {
  for (std::uint32_t seed = 1; seed <= 14; ++seed) {
    CAPTURE(seed);
    std::mt19937 random(seed);
    std::vector<TestEvent> history = random_history(random, 220);
    std::sort(history.begin(), history.end(),
              [](const auto& a, const auto& b) { return a.timestamp_ms < b.timestamp_ms; });
    for (int late = 0; late < 40; ++late) std::swap(history[random() % 220], history[random() % 220]);
    TestCollector plain;
    TestCollector collector;
    plain.refolds.checkpoint_events = kNever;
    collector.refolds.checkpoint_events = 4 + seed % 5;
    collector.refolds.checkpoints_max = 2 + seed % 7;
    plain.reopen();
    collector.reopen();
    int version = 1;
    bool had_checkpoints = false;
    for (std::size_t at = 0; at < history.size();) {
      const std::size_t end = std::min(history.size(), at + 1 + random() % 12);
      const auto act = static_cast<unsigned>(random() % 24);
      const std::string device = "d" + std::to_string(random() % 5);
      const std::string user = "u" + std::to_string(random() % 3);
      if (act == 1) ++version;
      for (TestCollector* each : {&plain, &collector}) {
        each->now_ms += 1'000;
        each->take(slice(history, at, end));
        if (act == 0) (void)each->fold->cut({"userId", user}, {"anonymousId", device});
        if (act == 1) take_up_version(*each, version);
        if (act == 2) REQUIRE(each->fold->erase({"anonymousId", device}));
      }
      at = end;
      had_checkpoints = had_checkpoints || integer(collector, "SELECT count(*) FROM checkpoint") > 0;
      if (act == 3 || act == 4) {
        collector.fold.reset();
        const char* damage = act == 3 ? "UPDATE checkpoint SET record = zeroblob(9) WHERE time_ms % 4 < 2"
                                      : "UPDATE checkpoint SET record = CAST(substr(record, 1, "
                                        "length(record) - 3) || x'000102' AS BLOB)";
        execute(collector, damage);
      }
      if (act >= 3 && act <= 6) collector.reopen();
      if (act % 4 == 0) REQUIRE(collector.everything() == plain.everything());
    }
    for (TestCollector* each : {&plain, &collector}) each->run();
    CHECK(had_checkpoints);
    REQUIRE(collector.profiles() == plain.profiles());
    REQUIRE(collector.standing_decisions() == plain.standing_decisions());
    REQUIRE(collector.events() == plain.events());
  }
}

TEST_CASE("a late event of a large profile replays what comes after its checkpoint") {
  const std::vector<TestEvent> life = long_life(2'600);
  TestCollector plain;
  TestCollector collector;
  plain.refolds.checkpoint_events = kNever;
  plain.reopen();
  for (TestCollector* each : {&plain, &collector}) {
    for (std::size_t at = 0; at < life.size(); at += 650) {
      each->now_ms = life[at + 649].timestamp_ms;
      each->take(slice(life, at, at + 650));
    }
    CHECK(each->counters().events_replayed == 0);
  }
  CHECK(integer(collector, "SELECT count(*) FROM checkpoint") == 2);

  const TestEvent late = track_device(2'590, "late", "Order Completed", "d");
  for (TestCollector* each : {&plain, &collector}) each->take({late});
  CHECK(plain.counters().events_replayed == 2'601);
  CHECK(collector.counters().events_replayed == 601);
  CHECK(collector.everything() == plain.everything());

  // One from the beginning voids them all; the refold makes them again.
  const TestEvent first = track_device(3, "first", "Cart Updated", "d");
  for (TestCollector* each : {&plain, &collector}) each->take({first});
  CHECK(collector.counters().events_replayed == 601 + 2'602);
  CHECK(integer(collector, "SELECT count(*) FROM checkpoint") == 2);
  CHECK(collector.everything() == plain.everything());

  // One at the very time of a checkpoint is not in it, though it sorts behind what is.
  collector.reopen();
  const std::int64_t tip_ms = integer(collector, "SELECT max(time_ms) FROM checkpoint");
  const TestEvent tied = make_event(tip_ms, "zz", "track", R"(,"event":"Product Viewed","anonymousId":"d")");
  for (TestCollector* each : {&plain, &collector}) each->take({tied});
  CHECK(collector.counters().events_replayed == 1'603);
  CHECK(collector.everything() == plain.everything());
}

TEST_CASE("checkpoints of a profile are bounded in number and in bytes, the older ones further apart") {
  TestCollector collector;
  collector.refolds.checkpoint_events = 10;
  collector.refolds.checkpoints_max = 12;
  collector.reopen();
  const std::vector<TestEvent> life = long_life(1'200);
  for (std::size_t at = 0; at < life.size(); at += 40) collector.take(slice(life, at, at + 40));
  CHECK(integer(collector, "SELECT count(*) FROM checkpoint") == 12);
  CHECK(integer(collector, "SELECT max(events) FROM checkpoint") == 1'200);
  // Never more than twice as far back as the late event is.
  for (const int back : {40, 160, 400, 900}) {
    CAPTURE(back);
    const std::int64_t found = integer(
        collector, "SELECT max(events) FROM checkpoint WHERE events <= " + std::to_string(1'200 - back));
    CHECK(1'200 - found <= 2 * back);
  }

  const std::int64_t bytes = integer(collector, "SELECT max(bytes) FROM checkpoint");
  collector.refolds.checkpoint_bytes_max = static_cast<std::size_t>(3 * bytes);
  collector.reopen();
  collector.take({track_device(1'200, "next0", "Product Viewed", "d")});
  for (int i = 1; i <= 20; ++i) {
    collector.take({track_device(1'200 + i, "next" + std::to_string(i), "Product Viewed", "d")});
  }
  CHECK(integer(collector, "SELECT sum(bytes) FROM checkpoint") <= 3 * bytes);
  CHECK(integer(collector, "SELECT count(*) FROM checkpoint") >= 2);
}

TEST_CASE("an erasure and a merge leave no checkpoint behind") {
  TestCollector collector;
  collector.refolds.checkpoint_events = 5;
  collector.reopen();
  collector.take(long_life(30));
  REQUIRE(integer(collector, "SELECT count(*) FROM checkpoint") > 0);
  collector.take({track_device(0, "b0", "Product Viewed", "b"),
                  make_event(kStartMs + 40 * kMinuteMs, "who", "identify",
                             R"(,"anonymousId":"d","traits":{"email":"e@example.com"})"),
                  make_event(kStartMs + 41 * kMinuteMs, "who2", "identify",
                             R"(,"anonymousId":"b","traits":{"email":"e@example.com"})")});
  CHECK(integer(collector, "SELECT count(DISTINCT profile) FROM checkpoint") == 1);
  CHECK(integer(collector, "SELECT min(events) FROM checkpoint") == 5);
  REQUIRE(collector.fold->erase({"anonymousId", "d"}));
  CHECK(integer(collector, "SELECT count(*) FROM checkpoint") == 0);
}
