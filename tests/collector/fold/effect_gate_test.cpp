// Promise 4: nobody is contacted twice by mistake, whatever arrives when.
#include "collector/fold/effect_gate.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <vector>

#include "collector/fold/test_collector.hpp"
#include "collector/reading/outbox_document.hpp"

using namespace desirepath::collector;
using namespace desirepath::collector::testing;
using nlohmann::json;

namespace {

constexpr std::int64_t kDayMs = 24 * 60 * kMinuteMs;

constexpr const char* kJourney = R"json({
  "schema": "desirepath/journey/1", "journey": "mail", "version": 1,
  "purposes": { "news": { "cap": { "times": 2, "per": "1d" } } },
  "channels": { "email": {}, "sms": {} },
  "triggers": [
    { "id": "welcome", "event": "Signed Up", "purpose": "hello", "promise": "ten",
      "do": [ { "channel": "email", "destination": "esp", "content": { "template": "hi" } },
              { "channel": "web", "slot": "hero", "content": { "headline": "Hi" } },
              { "channel": "sms", "content": { "text": "no destination" } } ],
      "cap": { "times": 1, "per": "7d" } },
    { "id": "rescue", "after": { "event": "Cart Updated" }, "absent": { "event": "Order Completed" }, "for": "30m",
      "do": [ { "channel": "email", "destination": "esp", "content": { "template": "cart" } } ],
      "cap": { "times": 1, "per": "7d" } },
    { "id": "issue", "event": "Issue Out", "purpose": "news",
      "do": [ { "channel": "email", "destination": "esp", "content": { "template": "issue" } } ] } ],
  "destinations": { "esp": { "type": "webhook", "url": "https://example.com/hook", "secret": "s" } } })json";

TestEvent track(std::int64_t time_ms, const std::string& id, const std::string& name, const std::string& who,
                Trust trust = Trust::claimed) {
  return make_event(time_ms, id, "track", ",\"event\":\"" + name + "\"," + who, trust);
}

const std::string kUser = R"("userId":"u")";
const std::string kDevice = R"("anonymousId":"d1")";

std::vector<OutboxRow> outbox_of(TestCollector& collector) {
  auto snapshot = collector.store->snapshot();
  REQUIRE(snapshot);
  auto rows = (*snapshot)->outbox().list(0, std::nullopt, 10'000);
  REQUIRE(rows);
  return *rows;
}

std::vector<std::string> states_of(TestCollector& collector) {
  std::vector<std::string> states;
  for (const OutboxRow& row : outbox_of(collector)) {
    states.push_back(row.decision_id + ":" + to_string(row.state) +
                     (row.reason.empty() ? "" : ":" + row.reason));
  }
  std::sort(states.begin(), states.end());
  return states;
}

using Texts = std::vector<std::string>;

std::vector<json> events_of(TestCollector& collector) {
  std::vector<json> events;
  std::string line;
  for (const char c : collector.events()) {
    if (c != '\n') {
      line += c;
      continue;
    }
    events.push_back(json::parse(line));
    line.clear();
  }
  return events;
}

std::size_t count_events(TestCollector& collector, const std::string& name) {
  const auto events = events_of(collector);
  return static_cast<std::size_t>(std::count_if(
      events.begin(), events.end(), [&](const json& event) { return event.value("event", "") == name; }));
}

TestEvent receipt(std::int64_t time_ms, const std::string& name, const std::string& decision_id,
                  const std::string& trigger, const std::string& who) {
  return track(time_ms, "receipt-" + decision_id + name, name,
               who + ",\"properties\":{\"decisionId\":\"" + decision_id + "\",\"trigger\":\"" + trigger +
                   "\",\"channel\":\"email\"}",
               Trust::proved);
}

}  // namespace

TEST_CASE("effect gate: a fresh decision is reserved beside its anchor, once") {
  TestCollector collector(kJourney);
  const std::int64_t now = collector.now_ms;
  collector.take({track(now, "m1", "Signed Up", kUser)});
  REQUIRE(states_of(collector) == Texts{"m1~welcome~email:waiting"});
  const OutboxRow row = outbox_of(collector).front();
  CHECK(row.destination == "esp");
  CHECK(row.content == R"({"template":"hi"})");
  CHECK(row.purpose == "hello");
  CHECK(row.promise == "ten");
  CHECK(row.decided_ms == now);
  const auto events = events_of(collector);
  REQUIRE(events.size() == 2);
  CHECK(events[1] ==
        json::parse(R"({"type":"track","event":"Decision Reserved","messageId":"m1~welcome~email",
    "timestamp":")" +
                    format_timestamp(now) + R"(","userId":"u","properties":{"decisionId":"m1~welcome~email",
    "trigger":"welcome","purpose":"hello","promise":"ten","channel":"email","destination":"esp"}})"));

  // Again, as a copy and as another event; late ones, and a restart, refold it. Nothing is repeated.
  collector.take({track(now, "m1", "Signed Up", kUser), track(now + 1, "m2", "Signed Up", kUser)});
  collector.reopen();
  collector.take({track(now - kDayMs, "m0", "Other", kUser)});
  CHECK(states_of(collector) == Texts{"m1~welcome~email:waiting"});
  CHECK(collector.decisions().find(
            R"("messageId":"m2","trigger":"welcome","outcome":"suppressed","reason":"cap_trigger")") !=
        std::string::npos);
  CHECK(count_events(collector, "Decision Reserved") == 1);
}

TEST_CASE("effect gate: several of one batch are judged one after the other") {
  TestCollector collector(kJourney);
  const std::int64_t now = collector.now_ms;
  collector.take({track(now - 4, "m1", "Issue Out", kUser), track(now - 3, "m2", "Issue Out", kUser),
                  track(now - 2, "m3", "Issue Out", kUser), track(now - 1, "m4", "Signed Up", kUser)});
  CHECK(states_of(collector) ==
        Texts{"m1~issue~email:waiting", "m2~issue~email:waiting", "m4~welcome~email:waiting"});
  CHECK(collector.standing_decisions().find(
            R"("messageId":"m3","trigger":"issue","outcome":"suppressed","reason":"cap_purpose")") !=
        std::string::npos);
}

TEST_CASE("effect gate: what is old, imported, of a new version or before a restore never acts") {
  TestCollector collector(kJourney);
  const std::int64_t now = collector.now_ms;
  SUBCASE("old") {
    collector.take({track(now - 61 * kMinuteMs, "m1", "Signed Up", kUser)});
    CHECK(outbox_of(collector).empty());
    collector.take({track(now - 59 * kMinuteMs, "m2", "Signed Up", R"("userId":"v")")});
    CHECK(states_of(collector) == Texts{"m2~welcome~email:waiting"});
  }
  SUBCASE("imported") {
    const TestEvent event = track(now, "m1", "Signed Up", kUser);
    REQUIRE(collector.journal->append(
        {now, std::string(kImportSource), Trust::proved, {{now, "m1", event.json}}}));
    collector.run();
    CHECK(collector.decisions().find("fired") != std::string::npos);
    CHECK(outbox_of(collector).empty());
    CHECK(count_events(collector, "Decision Reserved") == 0);
  }
  SUBCASE("a new version") {
    collector.take({track(now, "m1", "Looked", kUser)});
    std::string next = kJourney;
    next.replace(next.find("\"version\": 1"), 12, "\"version\": 2");
    next.replace(next.find("Signed Up"), 9, "Looked");
    REQUIRE(collector.journeys.load_sources(std::vector<JourneySource>{{"test.json", next}}).empty());
    collector.run();
    CHECK(outbox_of(collector).empty());
    collector.now_ms += kMinuteMs;
    collector.take({track(collector.now_ms, "m2", "Looked", kUser)});
    CHECK(states_of(collector) == Texts{"m2~welcome~email:waiting"});
  }
  SUBCASE("restored") {
    collector.take({track(now, "m1", "Signed Up", kUser)});
    REQUIRE(collector.store->writer().set_setting("restored_at", std::to_string(now + 5 * kMinuteMs)));
    collector.reopen();
    collector.now_ms += 6 * kMinuteMs;
    collector.take({track(now + 1, "m2", "Signed Up", R"("userId":"v")"),
                    track(collector.now_ms, "m3", "Signed Up", R"("userId":"w")")});
    CHECK(states_of(collector) == Texts{"m1~welcome~email:unknown", "m3~welcome~email:waiting"});
  }
}

TEST_CASE("effect gate: of people who turn out to be one, one message stays") {
  TestCollector collector(kJourney);
  const std::int64_t now = collector.now_ms;
  collector.take({track(now, "m1", "Signed Up", R"("anonymousId":"d1")")});
  collector.take({track(now + 5, "m2", "Signed Up", R"("anonymousId":"d2")")});
  CHECK(states_of(collector) == Texts{"m1~welcome~email:waiting", "m2~welcome~email:waiting"});
  collector.now_ms += kMinuteMs;
  collector.take({make_event(collector.now_ms, "m3", "identify", R"(,"anonymousId":"d1","userId":"u")"),
                  make_event(collector.now_ms, "m4", "identify", R"(,"anonymousId":"d2","userId":"u")")});
  CHECK(states_of(collector) == Texts{"m1~welcome~email:waiting", "m2~welcome~email:withdrawn"});
  CHECK(count_events(collector, "Decision Released") == 1);

  // Apart again, each has what it had; what was withdrawn stays so.
  REQUIRE(collector.fold->cut({"anonymousId", "d2"}, {"userId", "u"}));
  collector.run();
  CHECK(states_of(collector) == Texts{"m1~welcome~email:waiting", "m2~welcome~email:withdrawn"});
}

TEST_CASE("effect gate: what a wait brings acts, and what a late event takes back is withdrawn") {
  TestCollector collector(kJourney);
  const std::int64_t begin = collector.now_ms;
  collector.take({track(begin, "m1", "Cart Updated", kUser)});
  collector.now_ms += 30 * kMinuteMs;
  collector.run();
  REQUIRE(states_of(collector) == Texts{"m1~rescue~email:waiting"});
  CHECK(outbox_of(collector).front().decided_ms == begin + 30 * kMinuteMs);
  collector.now_ms += kMinuteMs;
  collector.take({track(begin + 10 * kMinuteMs, "m2", "Order Completed", kUser)});
  CHECK(states_of(collector) == Texts{"m1~rescue~email:withdrawn"});
  CHECK(collector.decisions().find("\"retracted\":true") != std::string::npos);
  CHECK(count_events(collector, "Decision Released") == 1);
}

TEST_CASE("effect gate: receipts settle rows, and a failure gives the cap back") {
  TestCollector collector(kJourney);
  const std::int64_t now = collector.now_ms;
  collector.take({track(now, "m1", "Signed Up", kUser), track(now, "n1", "Signed Up", R"("userId":"v")")});
  collector.now_ms += kMinuteMs;
  collector.take(
      {receipt(collector.now_ms, "Decision Delivered", "m1~welcome~email", "welcome", kUser),
       receipt(collector.now_ms, "Decision Released", "n1~welcome~email", "welcome", R"("userId":"v")")});
  CHECK(states_of(collector) == Texts{"m1~welcome~email:delivered", "n1~welcome~email:released"});
  CHECK(collector.decisions().find(R"("decisionId":"m1~welcome~email","revision":1,"status":"delivered"})") !=
        std::string::npos);
  CHECK(collector.decisions(ExportFormat::csv).find(",n1~welcome~email,1,false,released\r\n") !=
        std::string::npos);
  const auto listed = outbox_json(*collector.store, 0, OutboxState::released, 10);
  REQUIRE(listed);
  const json row = json::parse(*listed).at("outbox").at(0);
  CHECK(row.at("decisionId") == "n1~welcome~email");
  CHECK(row.at("profile") == public_id({"userId", "v"}));
  CHECK(row.at("content") == json({{"template", "hi"}}));
  CHECK(json::parse(*listed).at("next").is_null());
  collector.now_ms += kMinuteMs;
  // A write key settles nothing, nor does somebody else's receipt.
  collector.take({track(collector.now_ms, "f", "Decision Released",
                        kUser + R"(,"properties":{"decisionId":"m1~welcome~email"})"),
                  track(collector.now_ms, "m2", "Signed Up", kUser),
                  track(collector.now_ms, "n2", "Signed Up", R"("userId":"v")", Trust::proved)});
  CHECK(states_of(collector) ==
        Texts{"m1~welcome~email:delivered", "n1~welcome~email:released", "n2~welcome~email:waiting"});
}

TEST_CASE("effect gate: an effect on either side of the decision's time holds it") {
  TestCollector collector(kJourney);
  const std::int64_t now = collector.now_ms;
  // Another system told of its own message, later than what comes in now.
  collector.take({receipt(now, "Decision Delivered", "x~welcome~email", "welcome", kUser)});
  collector.take({track(now - 10 * kMinuteMs, "m1", "Signed Up", kUser)});
  CHECK(states_of(collector) == Texts{"m1~welcome~email:held:cap_trigger"});
}

TEST_CASE("effect gate: a write key makes nobody else be written to") {
  TestCollector collector(kJourney);
  const std::int64_t now = collector.now_ms;
  collector.take({track(now, "s1", "Order Completed", kUser, Trust::proved)});
  collector.take({track(now, "m1", "Signed Up", R"("anonymousId":"stranger","userId":"u")"),
                  track(now, "m2", "Issue Out", kUser)});
  CHECK(states_of(collector) == Texts{"m1~welcome~email:held:unproved", "m2~issue~email:held:unproved"});
  // A device the server has named together with the person speaks for it.
  collector.take({track(now, "s2", "Logged In", R"("anonymousId":"known","userId":"u")", Trust::proved)});
  collector.take({track(now + 1, "m3", "Signed Up", R"("anonymousId":"known","userId":"u")")});
  CHECK(states_of(collector) ==
        Texts{"m1~welcome~email:held:unproved", "m2~issue~email:held:unproved", "m3~welcome~email:waiting"});
}

TEST_CASE("effect gate: the place in an experiment that reaches beyond the browser becomes a fact") {
  std::string journey = kJourney;
  journey.insert(
      journey.rfind("\"destinations\""),
      R"("experiments": [ { "id": "tone", "factors": { "tone": { "welcome.content": [ { "template": "a" }, { "template": "b" } ] } },
                    "weights": { "tone": [0, 1] }, "unit": "userId" } ], )");
  TestCollector collector(journey);
  const std::int64_t now = collector.now_ms;
  collector.take({track(now, "m1", "Signed Up", kUser)});
  collector.take({track(now - 1, "m0", "Signed Up", kUser)});
  const auto rows = outbox_of(collector);
  REQUIRE_FALSE(rows.empty());
  CHECK(rows.front().content == R"({"template":"b"})");
  CHECK(rows.front().treatment == "tone=1");
  bool found = false;
  for (const json& event : events_of(collector)) {
    if (event.value("event", "") != "Experiment Assigned" || event.at("messageId") != "m1~#tone") continue;
    found = true;
    CHECK(event.at("properties") ==
          json::parse(R"({"experiment":"tone","treatment":"tone=1","holdout":false,"unit":"u"})"));
  }
  CHECK(found);
}

TEST_CASE("effect gate: whatever arrives when, no window holds more than its cap, and history is the same") {
  for (std::uint32_t seed = 1; seed <= 20; ++seed) {
    CAPTURE(seed);
    std::mt19937 random(seed);
    const auto below = [&](int bound) {
      return static_cast<int>(random() % static_cast<std::uint32_t>(bound));
    };
    TestCollector collector(kJourney);
    collector.in_slices = seed % 2 == 0;
    collector.reopen();
    int number = 0;
    std::vector<TestEvent> sent;
    for (int step = 0; step < 40; ++step) {
      collector.now_ms += below(40) * kMinuteMs;
      std::vector<TestEvent> batch;
      for (int i = 0, count = 1 + below(3); i < count; ++i) {
        const std::int64_t time_ms = collector.now_ms - below(90) * kMinuteMs;
        const std::string id = "m" + std::to_string(number++);
        const std::string device = R"("anonymousId":"d)" + std::to_string(below(3)) + '"';
        constexpr const char* kNames[] = {"Signed Up", "Cart Updated", "Issue Out", "Order Completed"};
        if (below(8) == 0) {
          batch.push_back(make_event(time_ms, id, "identify", "," + device + R"(,"userId":"u")"));
        } else {
          batch.push_back(track(time_ms, id, kNames[below(4)], device));
        }
      }
      if (!sent.empty() && below(3) == 0)
        batch.push_back(sent[static_cast<std::size_t>(below(static_cast<int>(sent.size())))]);
      sent.insert(sent.end(), batch.begin(), batch.end());
      collector.append(batch);
      if (!collector.in_slices || below(3) == 0 || step == 39) collector.run();
      if (below(10) == 0) {
        (void)collector.fold->cut({"anonymousId", "d" + std::to_string(below(3))}, {"userId", "u"});
        collector.run();
      }
      if (below(15) == 0) collector.reopen();
    }

    // Reservations that stand, by person and trigger. Merging may bring two together that were reserved
    // apart; the later is then withdrawn, for nothing here has been sent.
    std::map<std::string, std::vector<std::int64_t>> standing;
    auto snapshot = collector.store->snapshot();
    REQUIRE(snapshot);
    for (const OutboxRow& row : outbox_of(collector)) {
      if (row.state != OutboxState::waiting) continue;
      const auto owner = (*snapshot)->identities().find_public(row.person.owner);
      REQUIRE((owner && *owner));
      const auto node = (*snapshot)->identities().node(**owner);
      standing[std::to_string(node->profile) + row.trigger].push_back(row.decided_ms);
    }
    for (auto& [key, times] : standing) {
      const std::string& cap = key;
      CAPTURE(cap);
      std::sort(times.begin(), times.end());
      const bool is_issue = key.ends_with("issue");
      const std::size_t most = is_issue ? 2 : 1;
      const std::int64_t window_ms = is_issue ? kDayMs : 7 * kDayMs;
      for (std::size_t i = most; i < times.size(); ++i) CHECK(times[i] - times[i - most] >= window_ms);
    }

    // The facts are events like others: folded as history, in one go, they make the same profiles.
    if (seed % 4 != 0) continue;
    TestCollector again(kJourney);
    again.now_ms = collector.now_ms;
    AcceptedBatch batch{again.now_ms, std::string(kImportSource), Trust::claimed, {}};
    for (const json& event : events_of(collector)) {
      batch.events.push_back(
          {*parse_timestamp(event.at("timestamp").get<std::string>()), event.at("messageId"), event.dump()});
    }
    REQUIRE(again.journal->append(batch));
    again.run();
    if (collector.store->writer().identities().cuts()->empty()) {
      CHECK(again.standing_decisions() == collector.standing_decisions());
      CHECK(again.profiles() == collector.profiles());
    }
    CHECK(outbox_of(again).empty());
  }
}
