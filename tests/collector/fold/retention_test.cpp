// Events older than the retention time are in no file; a profile is the fold of those that are left; a no
// outlives the event that said it.
#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <random>
#include <string>
#include <vector>

#include "collector/fold/test_collector.hpp"
#include "collector/support/files_with.hpp"

using namespace desirepath::collector;
using namespace desirepath::collector::testing;
using desirepath::collector::tests::files_with;

namespace {

constexpr std::int64_t kDayMs = 24 * 60 * kMinuteMs;
constexpr std::chrono::hours kRetention{24 * 400};

std::int64_t days_ago(std::int64_t days) {
  return kTestNowMs - days * kDayMs;
}

TestEvent does(std::int64_t time_ms, const std::string& id, const std::string& name, const std::string& more,
               Trust trust = Trust::claimed) {
  return make_event(time_ms, id, "track", ",\"event\":\"" + name + "\"," + more, trust);
}

std::string stamped(bool marketing) {
  return std::string(R"(,"context":{"consent":{"categoryPreferences":{"marketing":)") +
         (marketing ? "true" : "false") + "}}}";
}

// Takes an event as if it had come in when it happened.
void take(TestCollector& collector, const std::vector<TestEvent>& events) {
  for (const TestEvent& event : events) {
    collector.now_ms = event.timestamp_ms;
    collector.take({event});
  }
  collector.now_ms = kTestNowMs;
  collector.run();
}

void sweep(TestCollector& collector) {
  collector.retention = kRetention;
  collector.reopen();
  collector.run();
}

}  // namespace

TEST_CASE("retention: profiles are the fold of the events that are left, and the others are in no file") {
  for (std::uint32_t seed = 1; seed <= 6; ++seed) {
    CAPTURE(seed);
    std::mt19937 random(seed);
    std::vector<TestEvent> all;
    std::vector<TestEvent> left;
    for (int i = 0; i < 300; ++i) {
      const std::int64_t days = static_cast<std::int64_t>(random() % 800);
      const bool is_old = days > 400;
      const std::string device = "d" + std::to_string(random() % 20);
      const char* names[] = {"Product Viewed", "Cart Updated", "Order Completed"};
      all.push_back(does(days_ago(days) + 1 + static_cast<std::int64_t>(random() % kMinuteMs),
                         "m" + std::to_string(i), names[random() % 3],
                         "\"anonymousId\":\"" + device + "\",\"properties\":{\"revenue\":7,\"note\":\"" +
                             (is_old ? "bygone-secret" : "fresh") + "\"}"));
      if (!is_old && days < 400) left.push_back(all.back());
      if (days == 400) left.push_back(all.back());  // a moment younger than the horizon
    }
    std::shuffle(all.begin(), all.end(), random);
    TestCollector collector;
    collector.now_ms = days_ago(0);
    collector.take(all);
    REQUIRE_FALSE(files_with(collector.path(), "bygone-secret").empty());
    sweep(collector);
    TestCollector expected;
    expected.take(left);
    CHECK(collector.profiles() == expected.profiles());
    CHECK(collector.events() == expected.events());
    CHECK(files_with(collector.path(), "bygone-secret").empty());
    CHECK(collector.counters().expired == all.size() - left.size());
    // Swept again, and from the start again, nothing more goes.
    collector.now_ms += kDayMs / 2;
    collector.reopen();
    collector.run();
    CHECK(collector.counters().expired <= 2);
  }
}

TEST_CASE("retention: a profile without events goes with its identifiers; what is sent of it later is new") {
  TestCollector collector;
  take(collector,
       {make_event(days_ago(500), "i", "identify",
                   R"(,"userId":"ann-1815","anonymousId":"phone","traits":{"email":"a@example.com"})"),
        does(days_ago(450), "m", "Order Completed", R"("userId":"ann-1815")")});
  const std::string id = public_id({"userId", "ann-1815"});
  REQUIRE(collector.document("userId", "ann-1815").find(id) != std::string::npos);
  sweep(collector);
  CHECK(collector.profiles().empty());
  CHECK(collector.document("anonymousId", "phone").starts_with("no profile has"));
  CHECK(files_with(collector.path(), "ann-1815").empty());
  CHECK(collector.counters().expired_profiles == 1);
  collector.take({does(days_ago(0), "m2", "Product Viewed", R"("userId":"ann-1815")")});
  CHECK(collector.profiles().find("\"ordered\":0") != std::string::npos);
}

TEST_CASE("retention: who is who is known for as long as the profile has an event") {
  TestCollector collector;
  take(collector, {make_event(days_ago(500), "i", "identify", R"(,"userId":"ann","anonymousId":"phone")"),
                   does(days_ago(3), "m", "Product Viewed", R"("anonymousId":"phone")")});
  sweep(collector);
  CHECK(collector.document("anonymousId", "phone").find("\"ann\"") != std::string::npos);
  CHECK(collector.profiles().find("\"viewed\":1") != std::string::npos);
  collector.take({does(days_ago(0), "m2", "Order Completed", R"("userId":"ann")")});
  CHECK(collector.profiles().find("\"ordered\":1") != std::string::npos);
  const std::string lines = collector.profiles();
  CHECK(std::count(lines.begin(), lines.end(), '\n') == 1);
}

TEST_CASE("retention: decisions that were made stay as recorded, and the old ones go") {
  TestCollector collector;
  std::vector<TestEvent> events;
  for (int i = 0; i < 3; ++i) {
    events.push_back(does(days_ago(700) + i * kMinuteMs, "old" + std::to_string(i), "Product Viewed",
                          R"("anonymousId":"d")"));
  }
  events.push_back(does(days_ago(10), "new", "Product Viewed", R"("anonymousId":"d")"));
  take(collector, events);
  const std::string before = collector.standing_decisions();
  REQUIRE(before.find("old2~third_look~web") != std::string::npos);
  REQUIRE(before.find("new~third_look~web") != std::string::npos);
  sweep(collector);
  const std::string after = collector.standing_decisions();
  CHECK(after.find("old2~third_look~web") == std::string::npos);
  CHECK(after.find("new~third_look~web") != std::string::npos);  // of the fourth look, though one is left
  CHECK(collector.profiles().find("\"viewed\":1") != std::string::npos);
  // Nor does a late event or a merge change them.
  take(collector, {does(days_ago(11), "late", "Product Viewed", R"("anonymousId":"d")"),
                   make_event(days_ago(0), "i", "identify", R"(,"userId":"u","anonymousId":"d")")});
  CHECK(collector.standing_decisions().find("new~third_look~web") != std::string::npos);
  CHECK(collector.decisions().find("\"retracted\":true") == std::string::npos);
}

TEST_CASE("retention: a withdrawal outlives its event") {
  const char* journey = R"json({
    "schema": "desirepath/journey/1", "journey": "consent", "version": 1,
    "behaviors": { "spoke": { "event": "Consent Remembered" } },
    "channels": { "email": { "consent": "marketing" } },
    "triggers": [ { "id": "letter", "event": "Cart Updated",
      "do": [ { "channel": "email", "content": { "template": "cart" } } ] } ] })json";
  const std::string phone = R"("userId":"ann","anonymousId":"phone")";
  TestCollector collector(journey);
  TestCollector unswept(journey);
  for (TestCollector* each : {&collector, &unswept}) {
    // The phone's page goes on stamping yes; the no was said elsewhere, and its event is old.
    take(*each, {does(days_ago(600), "yes", "Segment Consent Preference Updated", phone + stamped(true)),
                 does(days_ago(500), "no", "Segment Consent Preference Updated",
                      R"("userId":"ann")" + stamped(false)),
                 does(days_ago(20), "page", "Product Viewed", phone + stamped(true))});
  }
  sweep(collector);
  CHECK(collector.events().find("\"Consent Remembered\"") != std::string::npos);
  CHECK(collector.events().find("Segment Consent Preference Updated") == std::string::npos);
  CHECK(collector.profiles().find("\"spoke\":0") != std::string::npos);
  for (TestCollector* each : {&collector, &unswept}) {
    take(*each, {does(days_ago(2), "cart", "Cart Updated", phone + stamped(true))});
    CHECK(each->standing_decisions().find("\"reason\":\"consent\"") != std::string::npos);
    take(*each, {does(days_ago(1), "again", "Segment Consent Preference Updated",
                      R"("userId":"ann")" + stamped(true)),
                 does(days_ago(0), "cart2", "Cart Updated", phone)});
    CHECK(each->standing_decisions().find("\"outcome\":\"fired\"") != std::string::npos);
  }
}

TEST_CASE("retention: the no of somebody who is named outlives all their events, a device's does not") {
  TestCollector collector;
  take(collector,
       {does(days_ago(500), "m1", "Product Viewed", R"("userId":"ann")" + stamped(false)),
        does(days_ago(500), "m2", "Product Viewed", R"("anonymousId":"device-1")" + stamped(false)),
        does(days_ago(500), "m3", "Product Viewed", R"("userId":"bob")" + stamped(true))});
  sweep(collector);
  CHECK(collector.document("userId", "ann").find("\"granted\":false") != std::string::npos);
  CHECK(collector.document("anonymousId", "device-1").starts_with("no profile has"));
  CHECK(collector.document("userId", "bob").starts_with("no profile has"));
  CHECK(files_with(collector.path(), "device-1").empty());
  const std::string once = collector.everything();
  collector.now_ms += 2 * kDayMs;
  collector.reopen();
  collector.run();
  CHECK(collector.everything() == once);
}

TEST_CASE("retention: of a sender who changes their mind without end the newest words are kept, and a no") {
  TestCollector collector;
  std::vector<TestEvent> events;
  for (int i = 0; i < 700; ++i) {
    events.push_back(does(days_ago(600) + i * kMinuteMs, "c" + std::to_string(1000 + i), "Product Viewed",
                          R"("userId":"ann")" + stamped(i % 2 == 0 && i > 1)));
  }
  collector.take(events);
  const std::string standing = collector.document("userId", "ann");
  const std::size_t at = standing.find("\"consent\":");
  sweep(collector);
  const std::string lines = collector.events();
  CHECK(std::count(lines.begin(), lines.end(), '\n') <= 257);
  const std::string after = collector.document("userId", "ann");
  CHECK(after.find(standing.substr(at, 60)) != std::string::npos);
}

TEST_CASE("retention: events without a person, and those of 1970, go as well") {
  TestCollector collector;
  collector.take({make_event(0, "epoch", "track", R"(,"event":"Product Viewed","userId":"ann")"),
                  make_event(days_ago(500), "nobody", "track", R"(,"event":"Lonely Note")"),
                  make_event(days_ago(5), "nobody2", "track", R"(,"event":"Lonely Fresh")")});
  sweep(collector);
  CHECK(collector.profiles().empty());
  CHECK(files_with(collector.path(), "Lonely Note").empty());
  CHECK(collector.events().find("Lonely Fresh") != std::string::npos);
  CHECK(collector.events().find("epoch") == std::string::npos);
}
