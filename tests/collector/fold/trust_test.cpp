// What a write key can do to a person whom a proved event has named: belong to their reports, nothing else.
#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "tests/collector/fold/test_collector.hpp"

using namespace desirepath::collector;
using namespace desirepath::collector::testing;

namespace {

constexpr const char* kJourney = R"json({
  "schema": "desirepath/journey/1", "journey": "trust", "version": 1,
  "identifiers": { "email": { "trait": "email", "normalize": "lowercase", "unique": true } },
  "behaviors": { "ordered": { "event": "Order Completed" } },
  "channels": { "email": { "cap": { "times": 1, "per": "7d" }, "consent": "marketing" },
                "web": { "cap": { "times": 2, "per": "7d" } } },
  "stages": [ { "id": "look", "owner": "p", "intent": "look", "enter": { "event": "Product Viewed" },
      "kpis": [ { "id": "k", "formula": "conversion(look, look, 14d)", "target": 0.1 } ] } ],
  "experiments": [ { "id": "timing", "holdout": 0, "coverage": 1, "outcome": { "behavior": "ordered", "within": "7d" },
      "factors": { "copy": { "letter.content": [ { "template": "a" }, { "template": "b" } ] } } } ],
  "triggers": [
    { "id": "letter", "owner": "crm", "purpose": "cart", "promise": "free_shipping", "event": "Cart Updated",
      "do": [ { "channel": "email", "content": { "template": "cart" } } ],
      "cap": { "times": 1, "per": "7d" }, "outcome": { "behavior": "ordered", "within": "3d" } },
    { "id": "known", "owner": "crm", "purpose": "known", "event": "Cart Updated", "when": { "traits.email": { "$exists": true } },
      "do": [ { "channel": "sms", "content": { "template": "cart" } } ],
      "outcome": { "behavior": "ordered", "within": "3d" } },
    { "id": "banner", "owner": "crm", "purpose": "look", "event": "Product Viewed",
      "do": [ { "channel": "web", "slot": "hero", "content": { "headline": "hi" } } ],
      "cap": { "times": 1, "per": "7d" }, "outcome": { "behavior": "ordered", "within": "3d" } } ]
})json";

TestEvent said(int minute, const std::string& id, const std::string& type, const std::string& rest,
               Trust trust) {
  return make_event(kStartMs + minute * kMinuteMs, id, type, rest, trust);
}

const std::string kVictim = R"(,"userId":"victim")";
const std::string kAttacker = R"(,"anonymousId":"attacker","userId":"victim")";

// A person the site's server knows, with consent, and one proposal of each channel at the end.
std::vector<TestEvent> life() {
  return {
      said(
          10, "s1", "identify",
          kVictim +
              R"(,"traits":{"plan":"gold"},"context":{"consent":{"categoryPreferences":{"marketing":true}}})",
          Trust::proved),
      said(60, "s2", "track", kVictim + R"(,"event":"Product Viewed")", Trust::proved),
      said(100, "s3", "track", kVictim + R"(,"event":"Cart Updated")", Trust::proved)};
}

std::string effect(const std::string& name, const std::string& trigger, const std::string& purpose,
                   const std::string& channel, const std::string& anchor) {
  return kAttacker + ",\"event\":\"" + name + "\",\"properties\":{\"decisionId\":\"" + anchor + "~" +
         trigger + "~" + channel + "\",\"trigger\":\"" + trigger + "\",\"purpose\":\"" + purpose +
         "\",\"promise\":\"free_shipping\",\"channel\":\"" + channel + "\"}";
}

std::string outcome_of(TestCollector& collector, const std::string& trigger) {
  const std::string lines = collector.standing_decisions();
  const std::size_t at = lines.find("\"trigger\":\"" + trigger + "\"");
  if (at == std::string::npos) return "none";
  const std::size_t from = lines.find("\"outcome\":", at);
  return lines.substr(from, lines.find(",\"channel\"", from) - from);
}

}  // namespace

TEST_CASE("nobody keeps a server's event out by sending another under its messageId first") {
  const std::string who = R"(,"userId":"ann")";
  const auto guess = make_event(kStartMs, "order-1001", "track", who + R"(,"event":"Product Viewed")");
  const auto order =
      make_event(kStartMs + 50, "order-1001", "track",
                 who + R"(,"event":"Order Completed","properties":{"revenue":7})", Trust::proved);
  const auto more = make_event(kStartMs + 9, "more", "track", who + R"(,"event":"Cart Updated")");
  TestCollector expected;
  const auto known =
      make_event(kStartMs - 9, "known", "track", who + R"(,"event":"Cart Updated")", Trust::proved);
  expected.take({known, order, more});
  for (const auto& pieces :
       std::vector<std::vector<std::vector<TestEvent>>>{{{guess}, {more}, {order}},
                                                        {{guess, order, more}},
                                                        {{order, guess, more}},
                                                        {{guess, more}, {order, guess}}}) {
    TestCollector collector;
    collector.now_ms = kStartMs;  // no wake-up makes the order a late event
    collector.take({known});
    for (const auto& piece : pieces) collector.take(piece);
    collector.now_ms = expected.now_ms;
    collector.run();
    CHECK(collector.profiles() == expected.profiles());
    CHECK(collector.events() == expected.events());
    CHECK(collector.standing_decisions() == expected.standing_decisions());
    // What was claimed is on record.
    auto count = collector.store->writer().strands().differing_count();
    REQUIRE(count);
    CHECK(*count >= 1);
    CHECK(collector.counters().events == 3);
  }
}

TEST_CASE("what a write key says of a proved person changes no server channel's decision") {
  const std::vector<std::pair<const char*, std::vector<TestEvent>>> attacks = {
      {"withdraws consent",
       {said(
           20, "a1", "track",
           kAttacker +
               R"(,"event":"Segment Consent Preference Updated","context":{"consent":{"categoryPreferences":{"marketing":false}}})",
           Trust::claimed)}},
      {"denies consent by the other convention",
       {said(20, "a1", "track",
             kAttacker + R"(,"event":"x","context":{"consentManagement":{"deniedConsentIds":["marketing"]}})",
             Trust::claimed)}},
      {"forges exposures and deliveries of every channel",
       {said(20, "a1", "track", effect("Decision Delivered", "letter", "cart", "email", "z1"),
             Trust::claimed),
        said(21, "a2", "track", effect("Decision Exposed", "letter", "cart", "web", "z2"), Trust::claimed),
        said(22, "a3", "track", effect("Decision Reserved", "letter", "cart", "email", "z3"), Trust::claimed),
        said(23, "a4", "track", effect("Decision Exposed", "banner", "cart", "web", "z4"), Trust::claimed),
        said(24, "a5", "track", effect("Decision Delivered", "other", "cart", "push", "z5"),
             Trust::claimed)}},
      {"assigns to a holdout",
       {said(
           1, "a1", "track",
           kAttacker +
               R"(,"event":"Experiment Assigned","properties":{"experiment":"timing","treatment":"copy=0","holdout":true,"unit":"q"})",
           Trust::claimed)}},
      {"states an address",
       {said(20, "a1", "identify", kAttacker + R"(,"traits":{"email":"attacker@example.com","phone":"+41"})",
             Trust::claimed),
        said(21, "a2", "track",
             kAttacker + R"(,"event":"x","context":{"traits":{"email":"attacker@example.com"}})",
             Trust::claimed)}},
      {"overrides a trait",
       {said(200, "a1", "identify", kAttacker + R"(,"traits":{"plan":"free"})", Trust::claimed)}},
  };
  TestCollector untouched(kJourney);
  untouched.take(life());
  REQUIRE(outcome_of(untouched, "letter") == "\"outcome\":\"fired\"");
  REQUIRE(outcome_of(untouched, "known") == "none");
  for (const auto& [what, events] : attacks) {
    // Before, after, and between what the person does.
    for (int order = 0; order < 3; ++order) {
      const auto& attack = what;
      CAPTURE(attack);
      CAPTURE(order);
      TestCollector collector(kJourney);
      if (order == 0) collector.take(events);
      std::vector<TestEvent> together = life();
      if (order == 1) together.insert(together.begin(), events.begin(), events.end());
      collector.take(together);
      if (order == 2) collector.take(events);
      CHECK(outcome_of(collector, "letter") == "\"outcome\":\"fired\"");
      CHECK(outcome_of(collector, "known") == "none");
      CHECK(collector.profiles().find("\"plan\":\"gold\"") != std::string::npos);
      CHECK(collector.profiles().find("\"email\":\"attacker") == std::string::npos);
      CHECK(collector.profiles().find("\"phone\"") == std::string::npos);
      CHECK(collector.document("userId", "victim").find("\"plan\":{\"value\":\"gold\"") != std::string::npos);
    }
  }
}

TEST_CASE("a claimed exposure on the page still counts for what is shown on pages alone") {
  TestCollector collector(kJourney);
  auto events = life();
  events.push_back(
      said(20, "a1", "track", effect("Decision Exposed", "banner", "look", "web", "z1"), Trust::claimed));
  collector.take(events);
  CHECK(outcome_of(collector, "banner").find("\"reason\":\"cap_trigger\"") != std::string::npos);
}

TEST_CASE("a claimed address is kept beside, and stands nowhere, once its person is proved") {
  TestCollector collector(kJourney);
  collector.take(
      {said(1, "c1", "identify", R"(,"userId":"new","traits":{"email":"n@example.com"})", Trust::claimed)});
  CHECK(collector.profiles().find("\"traits\":{\"email\":\"n@example.com\"}") != std::string::npos);
  collector.take({said(5, "c2", "track", R"(,"userId":"new","event":"Product Viewed")", Trust::proved)});
  CHECK(collector.profiles().find("\"traits\":{}") != std::string::npos);
  CHECK(collector.document("userId", "new")
            .find("\"email\":{\"value\":null,\"rule\":\"address_not_proved\",\"others\":[{\"value\":\"n@"
                  "example.com\"") != std::string::npos);
  collector.take(
      {said(9, "c3", "identify", R"(,"userId":"new","traits":{"email":"n@example.com"})", Trust::proved)});
  CHECK(collector.profiles().find("\"traits\":{\"email\":\"n@example.com\"}") != std::string::npos);
}

TEST_CASE("claims cannot fill the book of traits before the server speaks") {
  TestCollector collector(kJourney);
  std::string traits;
  for (int i = 0; i < 600; ++i)
    traits += (i == 0 ? "\"" : ",\"") + std::string("t") + std::to_string(i) + "\":1";
  collector.take({said(0, "a1", "identify", kAttacker + ",\"traits\":{" + traits + "}", Trust::claimed)});
  collector.take(life());
  CHECK(collector.profiles().find("\"plan\":\"gold\"") != std::string::npos);
}

TEST_CASE("who proves a profile late, with its claims before or after, ends in the same bytes") {
  const std::vector<TestEvent> events = {
      said(
          0, "c1", "identify",
          R"(,"anonymousId":"d","userId":"u","traits":{"email":"u@example.com"},"context":{"consent":{"categoryPreferences":{"marketing":true}}})",
          Trust::claimed),
      said(1, "c2", "track", R"(,"anonymousId":"d","userId":"u","event":"Cart Updated")", Trust::claimed),
      said(2, "p1", "track", R"(,"userId":"u","event":"Product Viewed")", Trust::proved)};
  TestCollector at_once(kJourney);
  at_once.take(events);
  TestCollector one_by_one(kJourney);
  for (const TestEvent& event : events) one_by_one.take({event});
  TestCollector backwards(kJourney);
  for (auto event = events.rbegin(); event != events.rend(); ++event) backwards.take({*event});
  CHECK(one_by_one.everything() == at_once.everything());
  CHECK(backwards.everything() == at_once.everything());
  CHECK(outcome_of(at_once, "letter").find("\"reason\":\"consent\"") != std::string::npos);
}
