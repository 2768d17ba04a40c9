// Consent binds from receipt when withdrawn; only a grant later in time and receipt lifts it; a merge brings
// the most restrictive.
#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "tests/collector/fold/test_collector.hpp"

using namespace desirepath::collector;
using namespace desirepath::collector::testing;

namespace {

constexpr const char* kJourney = R"json({
  "schema": "desirepath/journey/1", "journey": "consent", "version": 1,
  "behaviors": { "ordered": { "event": "Order Completed" } },
  "channels": { "email": { "consent": "marketing" } },
  "stages": [ { "id": "look", "owner": "p", "intent": "look", "enter": { "event": "Product Viewed" },
      "kpis": [ { "id": "k", "formula": "conversion(look, look, 14d)", "target": 0.1 } ] } ],
  "triggers": [
    { "id": "letter", "owner": "crm", "purpose": "cart", "event": "Cart Updated",
      "do": [ { "channel": "email", "content": { "template": "cart" } } ], "outcome": { "behavior": "ordered", "within": "3d" } },
    { "id": "later", "owner": "crm", "purpose": "later", "after": { "event": "Product Viewed" },
      "absent": { "event": "Order Completed" }, "for": "2h",
      "do": [ { "channel": "email", "content": { "template": "cart" } } ], "outcome": { "behavior": "ordered", "within": "3d" } } ]
})json";

// An event with the minute it arrives at.
struct Arrival {
  int received;
  TestEvent event;
};

TestEvent says(int minute, const std::string& id, const std::string& who, bool granted,
               const std::string& name = "Segment Consent Preference Updated") {
  return make_event(kStartMs + minute * kMinuteMs, id, "track",
                    "," + who + ",\"event\":\"" + name +
                        "\",\"context\":{\"consent\":{\"categoryPreferences\":{\"marketing\":" +
                        (granted ? "true" : "false") + "}}}");
}
TestEvent does(int minute, const std::string& id, const std::string& who, const std::string& name) {
  return make_event(kStartMs + minute * kMinuteMs, id, "track", "," + who + ",\"event\":\"" + name + "\"");
}

void take(TestCollector& collector, const std::vector<Arrival>& arrivals) {
  for (const Arrival& arrival : arrivals) {
    collector.now_ms = kStartMs + arrival.received * kMinuteMs;
    collector.take({arrival.event});
  }
  collector.now_ms = kTestNowMs;
  collector.run();
}

// The outcome of the decision with that anchor.
std::string outcome(TestCollector& collector, const std::string& anchor) {
  const std::string lines = collector.standing_decisions();
  const std::size_t at = lines.find("\"messageId\":\"" + anchor + "\"");
  if (at == std::string::npos) return "none";
  const std::string line = lines.substr(at, lines.find('\n', at) - at);
  if (line.find("\"outcome\":\"fired\"") != std::string::npos) return "fired";
  const std::size_t reason = line.find("\"reason\":\"") + 10;
  return line.substr(reason, line.find('"', reason) - reason);
}

const std::string kAnn = "\"userId\":\"ann\"";

}  // namespace

TEST_CASE("a withdrawal that arrives late binds from its receipt, whatever was granted after its time") {
  TestCollector collector(kJourney);
  take(collector, {{10, says(10, "g0", kAnn, true)},
                   {31, says(30, "g1", kAnn, true)},
                   {40, does(40, "c0", kAnn, "Cart Updated")},
                   {60, says(20, "w0", kAnn, false)},  // a device that was offline
                   {70, does(70, "c1", kAnn, "Cart Updated")}});
  CHECK(outcome(collector, "c0") == "fired");
  CHECK(outcome(collector, "c1") == "consent");
}

TEST_CASE("a grant later in time and in receipt lifts a withdrawal; later in one alone does not") {
  TestCollector collector(kJourney);
  take(collector, {{10, says(10, "w0", kAnn, false)},
                   {20, does(20, "c0", kAnn, "Cart Updated")},
                   {30, says(5, "g0", kAnn, true)},  // received later, said earlier
                   {40, does(40, "c1", kAnn, "Cart Updated")},
                   {50, says(50, "g1", kAnn, true)},
                   {60, does(60, "c2", kAnn, "Cart Updated")}});
  CHECK(outcome(collector, "c0") == "consent");
  CHECK(outcome(collector, "c1") == "consent");
  CHECK(outcome(collector, "c2") == "fired");
}

TEST_CASE("what waits is stopped by a withdrawal that comes in meanwhile") {
  TestCollector collector(kJourney);
  take(collector, {{0, says(0, "g0", kAnn, true)},
                   {5, does(5, "v0", kAnn, "Product Viewed")},
                   {6, says(6, "g1", kAnn, true)},
                   {90, says(3, "w0", kAnn, false)}});
  CHECK(outcome(collector, "v0") == "consent");
  TestCollector granted(kJourney);
  take(granted, {{0, says(0, "g0", kAnn, true)}, {5, does(5, "v0", kAnn, "Product Viewed")}});
  CHECK(outcome(granted, "v0") == "fired");
}

TEST_CASE("a stamp that repeats what its sender said lifts no withdrawal made elsewhere; an act does") {
  const std::string page = "\"anonymousId\":\"page\",\"userId\":\"ann\"";
  TestCollector collector(kJourney);
  take(collector, {{0, says(0, "g0", page, true)},
                   {10, says(10, "w0", kAnn, false)},
                   {20, says(20, "c0", page, true, "Cart Updated")},
                   {30, says(30, "g1", page, true)},
                   {40, says(40, "c1", page, true, "Cart Updated")}});
  CHECK(outcome(collector, "c0") == "consent");
  CHECK(outcome(collector, "c1") == "fired");
}

TEST_CASE("a merge brings the most restrictive consent of those it joins") {
  const std::string tablet = "\"anonymousId\":\"tablet\"";
  const std::string joined = "\"anonymousId\":\"tablet\",\"userId\":\"ann\"";
  TestCollector collector(kJourney);
  take(collector, {{0, says(0, "w0", tablet, false)},
                   {10, says(10, "g0", kAnn, true)},
                   {20, does(20, "c0", kAnn, "Cart Updated")}});
  CHECK(outcome(collector, "c0") == "fired");
  collector.take({does(30, "j0", joined, "Product Viewed"), does(40, "c1", kAnn, "Cart Updated")});
  CHECK(outcome(collector, "c1") == "consent");
  CHECK(collector.document("userId", "ann").find("\"consents\":{\"marketing\":{\"granted\":false") !=
        std::string::npos);
  REQUIRE(collector.fold->cut({"userId", "ann"}, {"anonymousId", "tablet"}));
  CHECK(outcome(collector, "c1") == "fired");
}

TEST_CASE("who is named on a device answers for what was withdrawn on it, and for no other device") {
  const std::string tablet = "\"anonymousId\":\"tablet\"";
  const std::string phone = "\"anonymousId\":\"phone\"";
  const std::string named = ",\"userId\":\"ann\"";
  TestCollector collector(kJourney);
  take(collector, {{0, says(0, "w0", tablet, false)},
                   {1, says(1, "w1", phone, false)},
                   {10, does(10, "j0", tablet + named, "Product Viewed")},
                   {20, says(20, "g0", kAnn, true)},
                   {30, does(30, "c0", kAnn, "Cart Updated")},
                   // The phone turns out to be hers: what was said on it holds until she speaks.
                   {40, does(40, "j1", phone + named, "Product Viewed")},
                   {50, does(50, "c1", kAnn, "Cart Updated")},
                   {60, says(60, "g1", kAnn, true)},
                   {70, does(70, "c2", kAnn, "Cart Updated")},
                   // Signed out, the tablet says no once more; it is known to be hers.
                   {80, says(80, "s0", tablet + named, true)},
                   {85, says(85, "w2", tablet, false)},
                   {90, does(90, "c3", kAnn, "Cart Updated")},
                   {95, says(95, "g2", kAnn, true)},
                   {96, does(96, "c4", kAnn, "Cart Updated")}});
  CHECK(outcome(collector, "c0") == "consent");  // the phone is hers, as is known now
  CHECK(outcome(collector, "c1") == "consent");
  CHECK(outcome(collector, "c2") == "fired");
  CHECK(outcome(collector, "c3") == "consent");
  CHECK(outcome(collector, "c4") == "fired");
  REQUIRE(collector.fold->cut({"userId", "ann"}, {"anonymousId", "phone"}));
  CHECK(outcome(collector, "c0") == "fired");
}

TEST_CASE("both conventions of stating consent are understood") {
  TestCollector collector(kJourney);
  collector.take(
      {make_event(kStartMs, "r0", "track",
                  "," + kAnn +
                      R"(,"event":"x","context":{"consentManagement":{"provider":"oneTrust",)"
                      R"("allowedConsentIds":["marketing","both"],"deniedConsentIds":["ads","both"]}})"),
       does(5, "c0", kAnn, "Cart Updated")});
  CHECK(outcome(collector, "c0") == "fired");
  const std::string document = collector.document("userId", "ann");
  CHECK(document.find("\"ads\":{\"granted\":false") != std::string::npos);
  CHECK(document.find("\"both\":{\"granted\":false") != std::string::npos);
}

TEST_CASE("consent is a function of the events and their receipts, in whatever order they are folded") {
  for (std::uint32_t seed = 1; seed <= 25; ++seed) {
    CAPTURE(seed);
    std::mt19937 random(seed);
    const auto any = [&](unsigned below) { return static_cast<int>(random() % below); };
    const char* speakers[] = {"\"userId\":\"ann\"", "\"anonymousId\":\"a\"",
                              "\"anonymousId\":\"b\",\"userId\":\"ann\"",
                              "\"anonymousId\":\"a\",\"userId\":\"ann\""};
    std::vector<Arrival> arrivals;
    for (int i = 0; i < 24; ++i) {
      const int minute = any(200);
      const std::string id = "m" + std::to_string(i);
      const std::string who = speakers[any(4)];
      TestEvent event = any(3) == 0   ? does(minute, id, who, any(2) ? "Cart Updated" : "Product Viewed")
                        : any(3) == 0 ? says(minute, id, who, any(2) == 0, "Cart Updated")
                                      : says(minute, id, who, any(2) == 0);
      if (any(5) == 0) event.trust = Trust::proved;
      arrivals.push_back({minute + any(120), std::move(event)});
    }
    const auto append = [](TestCollector& collector, const Arrival& arrival) {
      collector.now_ms = kStartMs + arrival.received * kMinuteMs;
      collector.append({arrival.event});
    };
    TestCollector in_one(kJourney);
    for (const Arrival& arrival : arrivals) append(in_one, arrival);
    in_one.now_ms = kTestNowMs;
    in_one.run();
    std::shuffle(arrivals.begin(), arrivals.end(), random);
    TestCollector step_by_step(kJourney);
    for (const Arrival& arrival : arrivals) {
      append(step_by_step, arrival);
      if (any(2) == 0) step_by_step.run();
      if (any(4) == 0) step_by_step.reopen();
    }
    step_by_step.now_ms = kTestNowMs;
    step_by_step.run();
    REQUIRE(step_by_step.everything() == in_one.everything());
    REQUIRE(step_by_step.document("userId", "ann") == in_one.document("userId", "ann"));
  }
}
