// Promise 2: a profile is a function of the set of its events, however they arrive.
#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "collector/fold/random_history.hpp"

using namespace desirepath::collector;
using namespace desirepath::collector::testing;

TEST_CASE("shuffled, duplicated, re-batched and late events end in the same bytes") {
  for (std::uint32_t seed = 1; seed <= 16; ++seed) {
    CAPTURE(seed);
    std::mt19937 random(seed);
    const std::vector<TestEvent> history = random_history(random, 20 + seed * 5);
    TestCollector in_one;
    in_one.take(history);
    const std::string expected = in_one.everything();
    for (int round = 0; round < 3; ++round) {
      std::vector<TestEvent> stream = history;
      const auto copies = static_cast<std::ptrdiff_t>(random() % history.size());
      stream.insert(stream.end(), history.begin(), history.begin() + copies);
      std::shuffle(stream.begin(), stream.end(), random);
      TestCollector collector;
      collector.refolds.checkpoint_events = 3 + random() % 8;
      collector.in_slices = round == 1;
      collector.reopen();
      take_in_pieces(collector, stream, random);
      REQUIRE(collector.profiles() == in_one.profiles());
      REQUIRE(collector.events() == in_one.events());
      REQUIRE(collector.standing_decisions() == in_one.standing_decisions());
      REQUIRE(collector.everything() == expected);
    }
  }
}

TEST_CASE("a proved copy stands for its event, before or after claimed ones") {
  std::uint64_t copies = 0;
  for (std::uint32_t seed = 1; seed <= 12; ++seed) {
    CAPTURE(seed);
    std::mt19937 random(seed);
    const std::vector<TestEvent> history = random_history(random, 80);
    TestCollector in_one;
    in_one.take(history);
    std::vector<TestEvent> stream = history;
    for (const TestEvent& event : history) {
      if (event.trust != Trust::proved) continue;
      stream.push_back(event);
      stream.back().trust = Trust::claimed;
    }
    std::shuffle(stream.begin(), stream.end(), random);
    TestCollector collector;
    collector.refolds.checkpoint_events = 3 + random() % 8;
    collector.in_slices = seed % 2 == 0;
    collector.reopen();
    take_in_pieces(collector, stream, random);
    REQUIRE(collector.profiles() == in_one.profiles());
    REQUIRE(collector.events() == in_one.events());
    REQUIRE(collector.standing_decisions() == in_one.standing_decisions());
    copies += stream.size() - history.size();
  }
  CHECK(copies > 50);
}

TEST_CASE("a transaction of many slices ends in the same bytes, whatever of it waits to be written") {
  for (std::uint32_t seed = 1; seed <= 24; ++seed) {
    CAPTURE(seed);
    std::mt19937 random(seed);
    const std::vector<TestEvent> history = random_history(random, 30 + seed * 4);
    TestCollector in_one;
    in_one.take(history);
    std::vector<TestEvent> stream = history;
    stream.insert(stream.end(), history.begin(), history.begin() + seed);
    // In order but for some, and in no order: what goes on from where it stands, and what is folded anew.
    if (seed % 2 == 0) {
      std::stable_sort(stream.begin(), stream.end(),
                       [](const auto& a, const auto& b) { return a.timestamp_ms < b.timestamp_ms; });
      for (std::size_t i = 0; i < 3; ++i) std::swap(stream[random() % stream.size()], stream[i]);
    } else {
      std::shuffle(stream.begin(), stream.end(), random);
    }
    TestCollector collector;
    collector.in_slices = true;
    collector.refolds.checkpoint_events = 3 + random() % 8;
    if (seed % 3 == 0) {
      collector.refolds.stream_events_max = 5;
      collector.refolds.stream_events_per_second = 1;
    }
    collector.reopen();
    const std::size_t half = stream.size() / 2;
    for (std::size_t at = 0; at < stream.size();) {
      const std::size_t end = std::min(stream.size(), at + 1 + random() % 4);
      collector.append({stream.begin() + static_cast<std::ptrdiff_t>(at),
                        stream.begin() + static_cast<std::ptrdiff_t>(end)});
      if (at < half && end >= half) collector.run();
      at = end;
    }
    collector.run();
    REQUIRE(collector.profiles() == in_one.profiles());
    REQUIRE(collector.events() == in_one.events());
    REQUIRE(collector.standing_decisions() == in_one.standing_decisions());
    REQUIRE(collector.counters().events + collector.counters().duplicates == stream.size());
  }
}

TEST_CASE("events of one millisecond are ordered by messageId, however they arrive") {
  for (std::uint32_t seed = 1; seed <= 12; ++seed) {
    CAPTURE(seed);
    std::mt19937 random(seed);
    std::vector<TestEvent> history;
    for (int i = 0; i < 12; ++i) {
      const std::string who = ",\"anonymousId\":\"d\"";
      const std::string id = "m" + std::to_string(random() % 1000);
      const char* names[] = {"Product Viewed", "Cart Updated", "Order Completed"};
      if (i % 4 == 0) {
        history.push_back(
            make_event(kStartMs, id, "identify", who + ",\"traits\":{\"city\":\"" + id + "\"}"));
      } else {
        history.push_back(
            make_event(kStartMs, id, "track", who + ",\"event\":\"" + names[random() % 3] + "\""));
      }
    }
    std::sort(history.begin(), history.end(),
              [](const auto& a, const auto& b) { return a.message_id < b.message_id; });
    history.erase(std::unique(history.begin(), history.end(),
                              [](const auto& a, const auto& b) { return a.message_id == b.message_id; }),
                  history.end());
    TestCollector in_one;
    in_one.take(history);
    std::shuffle(history.begin(), history.end(), random);
    TestCollector collector;
    for (const TestEvent& event : history) collector.take({event});
    REQUIRE(collector.everything() == in_one.everything());
  }
}

TEST_CASE("wake-ups on the way change nothing in the end") {
  for (std::uint32_t seed = 1; seed <= 8; ++seed) {
    CAPTURE(seed);
    std::mt19937 random(seed);
    std::vector<TestEvent> history = random_history(random, 60);
    TestCollector in_one;
    in_one.take(history);
    std::shuffle(history.begin(), history.end(), random);
    TestCollector collector;
    collector.now_ms = kStartMs;
    for (const TestEvent& event : history) {
      collector.now_ms += static_cast<std::int64_t>(random() % 600'000);
      collector.append({event});
      collector.run();
    }
    collector.now_ms = kTestNowMs;
    collector.run();
    REQUIRE(collector.profiles() == in_one.profiles());
    REQUIRE(collector.standing_decisions() == in_one.standing_decisions());
  }
}

TEST_CASE("a cut made early or late, with events in any order, ends in the same bytes") {
  for (std::uint32_t seed = 1; seed <= 8; ++seed) {
    CAPTURE(seed);
    std::mt19937 random(seed);
    std::vector<TestEvent> history = random_history(random, 60);
    history.push_back(
        make_event(kStartMs, "first", "track", ",\"event\":\"Product Viewed\",\"anonymousId\":\"d0\""));
    history.push_back(
        make_event(kStartMs, "second", "track", ",\"event\":\"Product Viewed\",\"userId\":\"u0\""));
    TestCollector late;
    late.take(history);
    REQUIRE(late.fold->cut({"userId", "u0"}, {"anonymousId", "d0"}));
    std::shuffle(history.begin(), history.end() - 2, random);
    TestCollector early;
    early.take(std::vector<TestEvent>(history.end() - 2, history.end()));
    REQUIRE(early.fold->cut({"anonymousId", "d0"}, {"userId", "u0"}));
    take_in_pieces(early, history, random);
    REQUIRE(early.everything() == late.everything());
  }
}
