#include <doctest/doctest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <random>

#include "collector/fold/test_collector.hpp"
#include "collector/reading/limits.hpp"

using namespace desirepath::collector;
using namespace desirepath::collector::testing;
using nlohmann::json;

namespace {

constexpr std::int64_t kHourMs = 60 * 60 * 1000;
constexpr std::int64_t kBeginMs = kTestNowMs - 30 * 24 * kHourMs;

constexpr const char* kPastJourney = R"json({
  "schema": "desirepath/journey/1", "journey": "past", "version": 1,
  "behaviors": { "viewed": { "event": "Product Viewed" },
                 "recent": { "event": "Product Viewed", "within": "1h" },
                 "spent": { "event": "Order Completed", "sum": "properties.revenue" } },
  "scores": { "interest": { "half_life": "1d", "add": [ { "event": "Product Viewed", "points": 10 } ],
                            "tiers": { "warm": 15 } } },
  "audiences": { "lively": { "behaviors.recent": { "$gte": 2 } }, "buyer": { "behaviors.spent": { "$gt": 0 } },
                 "gold": { "traits.plan": "gold" }, "warm": { "tiers.interest": "warm" } },
  "stages": [
    { "id": "look", "owner": "product", "intent": "look around", "enter": { "event": "Product Viewed" } },
    { "id": "bought", "owner": "crm", "intent": "own it", "enter": { "event": "Order Completed" } } ],
  "triggers": [
    { "id": "later", "after": { "event": "Order Completed" }, "for": "2h",
      "do": [ { "channel": "email" } ], "cap": { "times": 1, "per": "1d" } } ]
})json";

TestEvent viewed(std::int64_t time_ms, const std::string& id) {
  return make_event(time_ms, id, "track", R"(,"anonymousId":"a","event":"Product Viewed")");
}

TestEvent ordered(std::int64_t time_ms, const std::string& id) {
  return make_event(time_ms, id, "track",
                    R"(,"anonymousId":"a","event":"Order Completed","properties":{"revenue":12.5})");
}

json document(TestCollector& collector, std::int64_t now_ms, std::optional<std::int64_t> as_of = {}) {
  const auto text = profile_json(*collector.store, collector.engines, "anonymousId", "a", now_ms, as_of);
  REQUIRE_MESSAGE(text, (text ? "" : text.error().message));
  json read = json::parse(*text);
  read.erase("cursor");
  read.erase("asOf");
  return read;
}

std::vector<std::string> changes(const json& history) {
  std::vector<std::string> lines;
  for (const json& change : history) {
    lines.push_back(change.at("audience").get<std::string>() + " " + change.at("change").get<std::string>() +
                    " " +
                    (change.at("messageId").is_null() ? "-" : change.at("messageId").get<std::string>()));
  }
  return lines;
}

std::vector<TestEvent> random_events(std::mt19937& random, std::size_t count) {
  std::vector<TestEvent> events;
  std::int64_t time_ms = kBeginMs;
  for (std::size_t i = 0; i < count; ++i) {
    time_ms += random() % (3 * kHourMs);
    const std::string id = "m" + std::to_string(100 + i);
    const char* plan = random() % 2 == 0 ? "gold" : "free";
    switch (random() % 4) {
      case 0: events.push_back(ordered(time_ms, id)); break;
      case 1:
        events.push_back(make_event(time_ms, id, "identify",
                                    R"(,"anonymousId":"a","traits":{"plan":")" + std::string(plan) + "\"}"));
        break;
      default: events.push_back(viewed(time_ms, id));
    }
  }
  return events;
}

}  // namespace

TEST_CASE("a membership is entered by an event and left by time, each at its own time") {
  TestCollector collector(kPastJourney);
  collector.take(
      {viewed(kBeginMs, "v1"), viewed(kBeginMs + 60'000, "v2"), ordered(kBeginMs + 5 * kHourMs, "o")});
  const json read = document(collector, kTestNowMs);
  CHECK(changes(read.at("audienceHistory")) == std::vector<std::string>{"lively entered v2",
                                                                        "warm entered v2", "lively left -",
                                                                        "buyer entered o", "warm left -"});
  CHECK(read.at("audienceHistory").at(2).at("timestamp") == format_timestamp(kBeginMs + kHourMs));
  REQUIRE(read.at("stageHistory").size() == 2);
  CHECK(read.at("stageHistory").at(0).at("from").is_null());
  CHECK(read.at("stageHistory").at(1).at("from") == "look");
  CHECK(read.at("stageHistory").at(1).at("to") == "bought");
  CHECK(read.at("stageHistory").at(1).at("messageId") == "o");
  const json& journey = read.at("journeys").at(0);
  CHECK(journey.at("stageEvidence") == "o");
  CHECK(journey.at("stageConfidence") == doctest::Approx(1.0 / 2));
  CHECK(journey.at("intent") == "own it");
}

TEST_CASE("the past is a function of the events, whatever their order of arrival") {
  for (unsigned seed = 1; seed <= 10; ++seed) {
    std::mt19937 random(seed);
    std::vector<TestEvent> events = random_events(random, 40);
    TestCollector in_order(kPastJourney);
    in_order.take(events);
    std::shuffle(events.begin(), events.end(), random);
    TestCollector shuffled(kPastJourney);
    for (const TestEvent& event : events) shuffled.take({event});
    CHECK(document(in_order, kTestNowMs) == document(shuffled, kTestNowMs));
  }
}

TEST_CASE("as of a time a profile reads as it read then") {
  for (unsigned seed = 1; seed <= 10; ++seed) {
    std::mt19937 random(seed);
    const std::vector<TestEvent> events = random_events(random, 30);
    TestCollector whole(kPastJourney);
    whole.take(events);
    for (std::size_t known = 1; known <= events.size(); known += 7) {
      const std::int64_t then_ms = events[known - 1].timestamp_ms + random() % 1'000;
      std::vector<TestEvent> earlier;
      for (const TestEvent& event : events) {
        if (event.timestamp_ms <= then_ms) earlier.push_back(event);
      }
      TestCollector then(kPastJourney);
      then.now_ms = then_ms;
      then.take(earlier);
      CHECK(document(whole, kTestNowMs, then_ms) == document(then, then_ms));
    }
  }
}

TEST_CASE("before its first event there was no profile") {
  TestCollector collector(kPastJourney);
  collector.take({viewed(kBeginMs, "v1")});
  const auto text =
      profile_json(*collector.store, collector.engines, "anonymousId", "a", kTestNowMs, kBeginMs - 1);
  REQUIRE_FALSE(text);
  CHECK(text.error().code == ErrorCode::not_found);
  CHECK(text.error().field == "as_of");
}

TEST_CASE("what an earlier version decided stays in the past of a profile") {
  TestCollector collector(kPastJourney);
  collector.now_ms = kBeginMs + kHourMs;
  collector.take({viewed(kBeginMs, "v1")});
  std::string renamed = kPastJourney;
  for (std::size_t at = 0; (at = renamed.find("\"look\"", at)) != std::string::npos;) {
    renamed.replace(at, 6, "\"gaze\"");
  }
  REQUIRE(collector.journeys.load_sources(std::vector<JourneySource>{{"test.json", renamed}}).empty());
  collector.now_ms = kBeginMs + 2 * kHourMs;
  collector.run();
  collector.take({viewed(kBeginMs + 3 * kHourMs, "v2")});
  CHECK(document(collector, kTestNowMs, kBeginMs + 60'000).at("stage") == "look");
  const json now = document(collector, kTestNowMs);
  CHECK(now.at("stage") == "gaze");
  REQUIRE(now.at("stageHistory").size() == 2);
  CHECK(now.at("stageHistory").at(0).at("to") == "look");
  CHECK(now.at("stageHistory").at(1).at("to") == "gaze");
}

TEST_CASE("the history of a larger profile is told where it is asked for") {
  TestCollector collector(kPastJourney);
  std::vector<TestEvent> events;
  for (std::size_t i = 0; i <= kHistoryInlineEventsMax; ++i) {
    events.push_back(
        viewed(kBeginMs + static_cast<std::int64_t>(i) * 1'000, "v" + std::to_string(1'000 + i)));
  }
  collector.take(events);
  const json read = document(collector, kTestNowMs);
  CHECK(read.at("stageHistory").is_null());
  CHECK(read.at("events") == events.size());
  const auto text = history_json(*collector.store, collector.engines, "anonymousId", "a", kTestNowMs, 1'000);
  REQUIRE(text);
  const json history = json::parse(*text);
  CHECK(history.at("stages").size() == 1);
  CHECK(changes(history.at("audiences")) == std::vector<std::string>{"lively entered v1001",
                                                                     "warm entered v1001", "lively left -",
                                                                     "warm left -"});
}
