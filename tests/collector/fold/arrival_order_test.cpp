// Promise 2: a profile is a function of the set of its events, however they arrive.
#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "collector/fold/test_collector.hpp"

using namespace desirepath::collector;
using namespace desirepath::collector::testing;

namespace {

// A few people with devices they share, who browse, sign in, say e-mail addresses, order, and are shown
// things.
std::vector<TestEvent> random_history(std::mt19937& random, std::size_t length) {
  const auto any = [&](unsigned below) { return static_cast<unsigned>(random() % below); };
  std::vector<TestEvent> events;
  for (std::size_t i = 0; i < length; ++i) {
    const std::int64_t time_ms = kStartMs + any(60) * 60'000;
    const std::string id = "m" + std::to_string(any(1000)) + "-" + std::to_string(i);
    const std::string device = "d" + std::to_string(any(5));
    const std::string user = "u" + std::to_string(any(3));
    std::string who = ",\"anonymousId\":\"" + device + "\"";
    if (any(4) == 0) who += ",\"userId\":\"" + user + "\"";
    if (any(12) == 0) who = ",\"userId\":\"" + user + "\"";
    const Trust trust = any(5) == 0 ? Trust::proved : Trust::claimed;
    switch (any(8)) {
      case 0:
        events.push_back(make_event(time_ms, id, "identify",
                                    who + ",\"traits\":{\"email\":\"E" + std::to_string(any(3)) +
                                        "@example.com\",\"loyalty_id\":" + std::to_string(70 + any(3)) +
                                        ",\"city\":\"c" + std::to_string(any(4)) + "\"}",
                                    trust));
        break;
      case 1:
        events.push_back(make_event(time_ms, id, "track",
                                    who + ",\"event\":\"Order Completed\",\"properties\":{\"revenue\":" +
                                        std::to_string(any(90)) + "}",
                                    trust));
        break;
      case 2:
      case 3:
        events.push_back(make_event(time_ms, id, "track", who + ",\"event\":\"Cart Updated\"", trust));
        break;
      case 4:
        events.push_back(
            make_event(time_ms, id + "~cart_rescue~web", "track",
                       who + ",\"event\":\"Decision Exposed\",\"properties\":{\"decisionId\":\"" + id +
                           "~cart_rescue~web\",\"trigger\":\"cart_rescue\",\"purpose\":\"cart\","
                           "\"channel\":\"web\",\"slot\":\"hero\"}",
                       trust));
        break;
      default:
        events.push_back(make_event(time_ms, id, "track", who + ",\"event\":\"Product Viewed\"", trust));
        break;
    }
  }
  return events;
}

// Appends in random batches and folds now and then, so that later batches find profiles already there.
void take_in_pieces(TestCollector& collector, const std::vector<TestEvent>& events, std::mt19937& random) {
  std::size_t at = 0;
  while (at < events.size()) {
    const std::size_t end = std::min(events.size(), at + 1 + random() % 25);
    collector.append(std::vector<TestEvent>(events.begin() + static_cast<std::ptrdiff_t>(at),
                                            events.begin() + static_cast<std::ptrdiff_t>(end)));
    if (random() % 2 == 0) collector.run();
    if (random() % 12 == 0) collector.reopen();
    at = end;
  }
  collector.run();
}

}  // namespace

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
      take_in_pieces(collector, stream, random);
      REQUIRE(collector.profiles() == in_one.profiles());
      REQUIRE(collector.events() == in_one.events());
      REQUIRE(collector.standing_decisions() == in_one.standing_decisions());
      REQUIRE(collector.everything() == expected);
    }
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
