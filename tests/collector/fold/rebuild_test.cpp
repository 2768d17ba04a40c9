// Other identifier rules: everything is folded anew beside what is served, in steps, and then takes its
// place.
#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "collector/fold/random_history.hpp"

using namespace desirepath::collector;
using namespace desirepath::collector::testing;

namespace {

constexpr std::chrono::seconds kPatience{60};

// The test's journey by other rules of who is who.
std::string journey_by(const std::string& identifiers) {
  std::string journey = kTestJourney;
  const std::size_t begin = journey.find("\"identifiers\"");
  const std::size_t end = journey.find("\"behaviors\"");
  return journey.replace(begin, end - begin, "\"identifiers\": {" + identifiers + "},\n  ");
}

const char* kRules[] = {
    R"("email": { "trait": "email", "normalize": "lowercase", "unique": true, "priority": 1 })",
    R"("email": { "trait": "email" }, "loyalty": { "trait": "loyalty_id", "priority": 1 })",
    R"("loyalty": { "trait": "loyalty_id", "unique": true }, "city": { "trait": "city" })",
    R"("userId": { "unique": true, "priority": 9 }, "email": { "trait": "email", "links_max": 2 })",
};

void give(TestCollector& collector, const std::string& journey) {
  const auto mistakes = collector.journeys.load_sources(std::vector<JourneySource>{{"test.json", journey}});
  for (const auto& mistake : mistakes) MESSAGE(mistake);
  REQUIRE(mistakes.empty());
}

bool is_rebuilding(TestCollector& collector) {
  return std::filesystem::exists(collector.path() / "rebuild.db");
}

// Folds in the background until so many more transactions are made, or nothing is left; then as if killed.
void run_a_little(TestCollector& collector, std::uint64_t transactions) {
  const std::uint64_t until = collector.counters().transactions + transactions;
  REQUIRE(collector.fold->start());
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (collector.counters().transactions < until && is_rebuilding(collector) &&
         std::chrono::steady_clock::now() < deadline) {
    std::this_thread::sleep_for(std::chrono::microseconds(200));
  }
  collector.fold->stop();
}

}  // namespace

TEST_CASE(
    "rebuild: in steps and with restarts it comes to what the rules would have come to from the start") {
  int interrupted = 0;
  for (std::uint32_t seed = 1; seed <= 12; ++seed) {
    CAPTURE(seed);
    std::mt19937 random(seed);
    std::vector<TestEvent> history = random_history(random, 150);
    const std::vector<TestEvent> before(history.begin(), history.begin() + 110);
    const std::vector<TestEvent> meanwhile(history.begin() + 110, history.end());
    const std::string journey = journey_by(kRules[seed % std::size(kRules)]);
    TestCollector from_start(journey);
    from_start.take(history);

    TestCollector collector;
    collector.rebuild_events_max = 1 + random() % 20;
    collector.reopen();
    take_in_pieces(collector, before, random);
    give(collector, journey);
    const std::string served = collector.profiles();
    const std::string served_events = collector.events();
    REQUIRE(collector.fold->start());
    collector.fold->stop();
    collector.append(meanwhile);
    while (is_rebuilding(collector)) {
      ++interrupted;
      // What is read is what was there before, and nothing of what has come since.
      REQUIRE(collector.profiles() == served);
      REQUIRE(collector.events() == served_events);
      collector.reopen();
      run_a_little(collector, 1 + random() % 3);
      if (collector.counters().rebuild.total == 0) break;
    }
    collector.run();
    CHECK_FALSE(is_rebuilding(collector));
    REQUIRE(collector.profiles() == from_start.profiles());
    REQUIRE(collector.events() == from_start.events());
    REQUIRE(collector.standing_decisions() == from_start.standing_decisions());
    // What comes after goes on from there, and a restart finds nothing to do.
    collector.reopen();
    collector.run();
    CHECK(collector.counters().events_replayed == 0);
    CHECK(collector.everything() == from_start.everything());
  }
  CHECK(interrupted > 12);
}

TEST_CASE("rebuild: rules given back before it is done leave everything as it was") {
  TestCollector collector;
  collector.rebuild_events_max = 5;
  collector.reopen();
  std::mt19937 random(7);
  collector.take(random_history(random, 80));
  const std::string before = collector.everything();
  give(collector, journey_by(kRules[0]));
  run_a_little(collector, 2);
  give(collector, kTestJourney);
  collector.reopen();
  collector.run();
  CHECK_FALSE(is_rebuilding(collector));
  CHECK(collector.everything() == before);
  // And a later change begins anew: nothing of the first attempt is taken for new.
  collector.take(random_history(random, 10));
  TestCollector from_start(journey_by(kRules[0]));
  std::mt19937 again(7);
  from_start.take(random_history(again, 80));
  from_start.take(random_history(again, 10));
  give(collector, journey_by(kRules[0]));
  collector.run();
  CHECK(collector.everything() == from_start.everything());
}

TEST_CASE("rebuild: cuts, erasures and what is kept beside events outlive it") {
  TestCollector collector;
  TestCollector from_start(journey_by(kRules[1]));
  std::mt19937 random(11);
  const std::vector<TestEvent> history = random_history(random, 90);
  for (TestCollector* each : {&collector, &from_start}) {
    each->take(history);
    (void)each->fold->cut({"userId", "u1"}, {"anonymousId", "d1"});
    Suppression entry;
    entry.identifier = Identifier{"email", "stop@example.com"};
    entry.reason = "asked";
    entry.source = "test";
    REQUIRE(each->fold->suppress({entry}));
  }
  const std::uint64_t position = [&] { return *collector.store->writer().position(); }();
  give(collector, journey_by(kRules[1]));
  // An erasure waits for the rebuild and is complete in what comes of it.
  for (TestCollector* each : {&collector, &from_start}) REQUIRE(each->fold->erase({"anonymousId", "d2"}));
  CHECK_FALSE(is_rebuilding(collector));
  CHECK(collector.everything() == from_start.everything());
  CHECK(*collector.store->writer().position() > position);
  auto suppressions = collector.store->writer().suppressions().list(0, 10);
  REQUIRE(suppressions);
  CHECK(suppressions->size() == 1);
  for (TestCollector* each : {&collector, &from_start}) each->take(history);
  CHECK(collector.everything() == from_start.everything());
  // Whoever has exported up to a position gets all of it again.
  ExportOptions later;
  later.subject = ExportSubject::profiles;
  later.after = "x" + std::to_string(position);
  CHECK(collector.exported(later).text.find("\"profile\"") != std::string::npos);
}

TEST_CASE("rebuild: what was known by events let go for their age stays known") {
  // The test's rules but for a bound that nobody reaches: nobody is anybody else for it.
  const std::string same = journey_by(
      R"("email": { "trait": "email", "normalize": "lowercase", "unique": true, "links_max": 999 },
         "loyalty": { "trait": "loyalty_id", "priority": 5, "trusted_sources_only": true })");
  std::uint64_t expired = 0;
  for (std::uint32_t seed = 1; seed <= 12; ++seed) {
    CAPTURE(seed);
    std::mt19937 random(seed);
    TestCollector collector;
    collector.rebuild_events_max = 1 + random() % 20;
    // Time passes while they come in, and the sweep's clock goes with it.
    std::vector<TestEvent> history = random_history(random, 120);
    std::sort(history.begin(), history.end(),
              [](const TestEvent& a, const TestEvent& b) { return a.timestamp_ms < b.timestamp_ms; });
    collector.now_ms = history.back().timestamp_ms;
    collector.retention = std::chrono::minutes(10 + random() % 40);
    collector.take(history);
    collector.reopen();
    collector.run();
    expired += collector.counters().expired;
    const std::string before = collector.everything();
    give(collector, same);
    collector.run();
    CHECK_FALSE(is_rebuilding(collector));
    REQUIRE(collector.everything() == before);
    // Nor does a later rebuild.
    give(collector, kTestJourney);
    collector.run();
    REQUIRE(collector.everything() == before);
  }
  CHECK(expired > 100);
}

TEST_CASE("rebuild: an export that is under way when the profiles become others ends with an error") {
  TestCollector collector;
  std::mt19937 random(5);
  collector.take(random_history(random, 80));
  ExportOptions options;
  options.subject = ExportSubject::profiles;
  options.piece_bytes = 1;
  options.snapshot_age_max = {};
  auto run = ExportRun::begin(*collector.store, collector.journeys.current(), options);
  REQUIRE(run);
  std::string piece;
  REQUIRE((*run)->next(piece));
  give(collector, journey_by(kRules[2]));
  collector.run();
  const auto more = (*run)->next(piece);
  REQUIRE_FALSE(more);
  CHECK(more.error().message.find("export again") != std::string::npos);
}
