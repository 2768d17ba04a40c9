// A stream that has too much refolded waits, the others do not, and in the end nobody can tell.
#include "collector/fold/refold_budget.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "collector/fold/random_history.hpp"

using namespace desirepath::collector;
using namespace desirepath::collector::testing;

namespace {

constexpr std::chrono::seconds kPatience{60};

// As a serving process: in the background, waiting refolds left until their time.
void serve(TestCollector& collector, const std::vector<TestEvent>& events) {
  const Cursor cursor = collector.append(events);
  REQUIRE(collector.fold->start());
  REQUIRE(collector.fold->wait_for(cursor, kPatience));
  collector.fold->stop();
}

void set_budget(TestCollector& collector, std::uint64_t events) {
  collector.refolds.stream_events_max = events;
  collector.refolds.stream_events_per_second = 1;
  collector.refolds.checkpoint_events = 6;
  collector.reopen();
}

TestEvent view(int minute, const std::string& id, const std::string& device) {
  return track_device(minute, id, "Product Viewed", device);
}

}  // namespace

TEST_CASE(
    "refold budget: so many at once, so many a second, a debt is waited out, others are not concerned") {
  RefoldBounds bounds;
  bounds.stream_events_max = 100;
  bounds.stream_events_per_second = 10;
  RefoldBudget budget(bounds);
  CHECK(budget.ready_ms("a", 5'000) == 5'000);
  budget.spend("a", 99, 5'000);
  CHECK(budget.ready_ms("a", 5'000) == 5'000);
  budget.spend("a", 51, 5'000);
  CHECK(budget.ready_ms("a", 5'000) == 10'001);
  CHECK(budget.ready_ms("b", 5'000) == 5'000);
  CHECK(budget.ready_ms("a", 10'001) == 10'001);
  CHECK(budget.ready_ms("a", 4'000) > 4'000);  // a clock set back pays no debt
  budget.spend("a", 1'000'000'000, 60'000'000);
  CHECK(budget.ready_ms("a", 60'000'000) > 60'000'000);
}

TEST_CASE("refold budget: accounts are bounded, and a debt outlives those that are paid") {
  RefoldBudget budget(RefoldBounds{});
  budget.spend("debtor", 2 * kRefoldedEventsMax, 0);
  for (std::size_t i = 0; i < 2 * kRefoldAccountsMax; ++i) {
    budget.spend("s" + std::to_string(i), 1, static_cast<std::int64_t>(i));
  }
  CHECK(budget.ready_ms("debtor", 0) > 0);
}

TEST_CASE("refolds that wait: whatever comes meanwhile, they end in the same bytes") {
  bool any_waited = false;
  for (std::uint32_t seed = 1; seed <= 5; ++seed) {
    CAPTURE(seed);
    std::mt19937 random(seed);
    std::vector<TestEvent> history = random_history(random, 130);
    std::shuffle(history.begin(), history.end(), random);
    TestCollector plain;
    TestCollector collector;
    set_budget(collector, 1 + seed % 4);
    for (std::size_t at = 0; at < history.size();) {
      const std::size_t end = std::min(history.size(), at + 3 + random() % 18);
      const std::vector<TestEvent> piece(history.begin() + static_cast<std::ptrdiff_t>(at),
                                         history.begin() + static_cast<std::ptrdiff_t>(end));
      at = end;
      const auto act = static_cast<unsigned>(random() % 7);
      const std::string device = "d" + std::to_string(random() % 5);
      const std::string user = "u" + std::to_string(random() % 3);
      plain.now_ms = collector.now_ms += static_cast<std::int64_t>(random() % 3'000);
      plain.take(piece);
      serve(collector, piece);
      any_waited = any_waited || collector.counters().refolds_waiting > 0;
      for (TestCollector* each : {&plain, &collector}) {
        if (act == 0) (void)each->fold->cut({"userId", user}, {"anonymousId", device});
        if (act == 1) REQUIRE(each->fold->erase({"anonymousId", device}));
      }
      if (act == 2 || act == 3) collector.reopen();
      if (act == 4) REQUIRE(*collector.fold->refold_waiting(std::nullopt, kPatience));
      if (act == 5) {
        collector.run();
        CHECK(collector.counters().refolds_waiting == 0);
        REQUIRE(collector.everything() == plain.everything());
      }
    }
    collector.run();
    REQUIRE(collector.profiles() == plain.profiles());
    REQUIRE(collector.events() == plain.events());
    REQUIRE(collector.standing_decisions() == plain.standing_decisions());
  }
  CHECK(any_waited);
}

TEST_CASE("a refold that waits holds up nobody else, survives a restart, and is performed in its time") {
  TestCollector plain;
  TestCollector collector;
  set_budget(collector, 20);
  std::vector<TestEvent> life;
  for (int i = 10; i < 70; ++i) life.push_back(view(i, "m" + std::to_string(100 + i), "big"));
  life.push_back(view(10, "o1", "other"));
  const std::vector<std::vector<TestEvent>> pieces = {
      life,
      {view(1, "late1", "big")},
      {view(0, "late2", "big"), view(90, "next", "big"), view(5, "o2", "other")}};
  for (const auto& piece : pieces) {
    plain.take(piece);
    serve(collector, piece);
  }
  // The first is refolded and leaves a debt, the second waits; the other device is late as well, and is not.
  CHECK(collector.counters().refolds_waiting == 1);
  CHECK(collector.events() == plain.events());
  CHECK(collector.profiles() != plain.profiles());
  CHECK(collector.document("anonymousId", "other") == plain.document("anonymousId", "other"));

  collector.reopen();
  serve(collector, {view(91, "more", "big")});
  plain.take({view(91, "more", "big")});
  CHECK(collector.counters().refolds_waiting == 1);
  CHECK(collector.profiles() != plain.profiles());

  // Its time has come: the wake clock performs it.
  plain.now_ms = collector.now_ms += 3'600'000;
  serve(collector, {view(6, "o3", "other")});
  plain.take({view(6, "o3", "other")});
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  REQUIRE(collector.fold->start());
  while (collector.counters().refolds_waiting > 0 && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  collector.fold->stop();
  CHECK(collector.counters().refolds_waiting == 0);
  CHECK(collector.everything() == plain.everything());
}

TEST_CASE("a withdrawal of consent waits for no budget") {
  TestCollector collector;
  set_budget(collector, 1);
  std::vector<TestEvent> life;
  for (int i = 10; i < 40; ++i) life.push_back(view(i, "m" + std::to_string(100 + i), "big"));
  serve(collector, life);
  serve(collector, {view(1, "late1", "big")});
  serve(collector, {view(2, "late2", "big")});
  REQUIRE(collector.counters().refolds_waiting == 1);
  serve(collector, {make_event(kStartMs + 3 * kMinuteMs, "no", "track",
                               R"(,"event":"Segment Consent Preference Updated","anonymousId":"big",)"
                               R"("context":{"consent":{"categoryPreferences":{"marketing":false}}})")});
  CHECK(collector.counters().refolds_waiting == 0);
  CHECK(collector.document("anonymousId", "big").find("\"marketing\"") != std::string::npos);
}
