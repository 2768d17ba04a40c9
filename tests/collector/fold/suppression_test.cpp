// Who is on the suppression list is sent nothing, whatever arrives when; the history of decisions knows
// nothing of it.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "collector/fold/test_collector.hpp"
#include "collector/profile/suppression_check.hpp"
#include "collector/reading/consent_log.hpp"
#include "collector/reading/decision_holds.hpp"
#include "collector/reading/live_decision.hpp"
#include "collector/reading/suppression_document.hpp"
#include "collector/support/files_with.hpp"

using namespace desirepath::collector;
using namespace desirepath::collector::testing;
using desirepath::collector::tests::files_with;
using nlohmann::json;

namespace {

constexpr const char* kJourney = R"json({
  "schema": "desirepath/journey/1", "journey": "mail", "version": 1,
  "identifiers": { "email": { "trait": "email", "normalize": "lowercase", "unique": true } },
  "channels": { "email": {}, "sms": {} },
  "triggers": [
    { "id": "welcome", "event": "Signed Up",
      "do": [ { "channel": "email", "destination": "esp", "content": { "template": "hi" } },
              { "channel": "sms", "destination": "esp", "content": { "text": "hi" } },
              { "channel": "web", "slot": "hero", "content": { "headline": "Hi" } } ] } ],
  "destinations": { "esp": { "type": "webhook", "url": "https://example.com/hook", "secret": "s" } } })json";

TestEvent signs_up(std::int64_t time_ms, const std::string& id, const std::string& who) {
  return make_event(time_ms, id, "track", ",\"event\":\"Signed Up\"," + who, Trust::proved);
}
TestEvent named(std::int64_t time_ms, const std::string& id, const std::string& who,
                const std::string& traits, Trust trust = Trust::proved) {
  return make_event(time_ms, id, "identify", "," + who + ",\"traits\":{" + traits + "}", trust);
}

const std::string kAnn = R"("userId":"ann")";
const std::string kBob = R"("userId":"bob")";

void suppress(TestCollector& collector, const std::string& identifier, const std::string& channel = "") {
  SuppressionWish wish{identifier, {}, "unsubscribed", "test"};
  if (!channel.empty()) wish.channel = channel;
  auto entry = make_suppression(collector.journeys.current()->identifiers, wish, collector.now_ms);
  REQUIRE_MESSAGE(entry.has_value(), entry.error().message);
  REQUIRE(collector.fold->suppress({*entry}).has_value());
}

std::vector<std::string> outbox_of(TestCollector& collector) {
  auto snapshot = collector.store->snapshot();
  REQUIRE(snapshot);
  auto rows = (*snapshot)->outbox().list(0, std::nullopt, 10'000);
  REQUIRE(rows);
  std::vector<std::string> states;
  for (const OutboxRow& row : *rows) {
    states.push_back(row.decision_id + " " + to_string(row.state) +
                     (row.reason.empty() ? "" : " " + row.reason));
  }
  return states;
}

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("suppression: nothing is sent to a suppressed address, and the decision history is the same") {
  TestCollector without(kJourney);
  TestCollector collector(kJourney);
  suppress(collector, "email:Ann@Example.com ");
  for (TestCollector* each : {&without, &collector}) {
    each->take({named(each->now_ms - 10, "i1", kAnn, R"("email":"ann@example.com")"),
                signs_up(each->now_ms, "m1", kAnn), signs_up(each->now_ms, "m2", kBob)});
  }
  CHECK(outbox_of(collector) == Texts{"m1~welcome~email held suppressed", "m1~welcome~sms held suppressed",
                                      "m2~welcome~email waiting", "m2~welcome~sms waiting"});
  CHECK(collector.standing_decisions().find("\"outcome\":\"suppressed\"") == std::string::npos);
  CHECK(without.events().find("m1~welcome~email") != std::string::npos);
  CHECK(collector.events().find("m1~welcome~email") == std::string::npos);  // nothing is reserved
}

TEST_CASE("suppression: of one channel leaves the others") {
  TestCollector collector(kJourney);
  suppress(collector, "userId:ann", "sms");
  collector.take({signs_up(collector.now_ms, "m1", kAnn)});
  CHECK(outbox_of(collector) == Texts{"m1~welcome~email waiting", "m1~welcome~sms held suppressed"});
}

TEST_CASE("suppression: what waits is held and what it had reserved is released, also after a restart") {
  for (const bool restarts : {false, true}) {
    CAPTURE(restarts);
    TestCollector collector(kJourney);
    collector.take({named(collector.now_ms - 10, "i1", kAnn, R"("email":"ann@example.com")"),
                    signs_up(collector.now_ms, "m1", kAnn)});
    REQUIRE(outbox_of(collector) == Texts{"m1~welcome~email waiting", "m1~welcome~sms waiting"});
    collector.now_ms += 1000;
    if (restarts) {
      // As a process that ended right after the entry was made.
      auto& session = collector.store->writer();
      Suppression entry;
      entry.identifier = Identifier{"email", "ann@example.com"};
      entry.channel = "email";
      entry.reason = entry.source = "test";
      REQUIRE(session.begin());
      REQUIRE(session.suppressions().add(entry));
      REQUIRE(session.set_setting("suppressed_up_to", "0"));
      REQUIRE(session.commit());
      collector.reopen();
      collector.run();
    } else {
      suppress(collector, "email:ann@example.com", "email");
    }
    CHECK(outbox_of(collector) == Texts{"m1~welcome~email held suppressed", "m1~welcome~sms waiting"});
    CHECK(collector.events().find("Decision Released") != std::string::npos);
    // Taken away again it sends nothing that it stopped.
    auto removed = collector.fold->unsuppress({"email", "ann@example.com"}, std::nullopt);
    REQUIRE(removed);
    CHECK(*removed == 1);
    collector.run();
    CHECK(outbox_of(collector).front() == "m1~welcome~email held suppressed");
  }
}

TEST_CASE("suppression: two people who share an address are both left alone") {
  TestCollector collector(kJourney);
  suppress(collector, "email:us@example.com", "email");
  collector.take({named(collector.now_ms - 20, "i1", kAnn, R"("email":"us@example.com")"),
                  named(collector.now_ms - 10, "i2", kBob, R"("email":"us@example.com")"),
                  signs_up(collector.now_ms, "m1", kAnn), signs_up(collector.now_ms, "m2", kBob)});
  CHECK(outbox_of(collector) == Texts{"m1~welcome~email held suppressed", "m1~welcome~sms waiting",
                                      "m2~welcome~email held suppressed", "m2~welcome~sms waiting"});
}

TEST_CASE("suppression: a write key cannot silence a person whom a server has named") {
  TestCollector collector(kJourney);
  suppress(collector, "email:spam@example.com");
  suppress(collector, "phone:+41790000000");
  collector.take({named(collector.now_ms - 20, "i1", kAnn, R"("email":"ann@example.com")"),
                  named(collector.now_ms - 10, "i2", kAnn,
                        R"("email":"spam@example.com","phone":"+41790000000")", Trust::claimed),
                  signs_up(collector.now_ms, "m1", kAnn)});
  CHECK(outbox_of(collector) == Texts{"m1~welcome~email waiting", "m1~welcome~sms waiting"});
  // A phone number that a server told counts, be it no identifier of the journey's.
  collector.take({named(collector.now_ms - 5, "i3", kAnn, R"("phone":"+41790000000")"),
                  signs_up(collector.now_ms, "m2", kAnn)});
  CHECK(outbox_of(collector).back() == "m2~welcome~sms held suppressed");
}

TEST_CASE("suppression: outlives the erasure of its person, who is in no file") {
  TestCollector collector(kJourney);
  collector.take({named(collector.now_ms - 10, "i1", kAnn, R"("email":"ann.lovelace@example.com")")});
  suppress(collector, "email:ann.lovelace@example.com");
  CHECK_FALSE(files_with(collector.path(), "ann.lovelace").empty());
  collector.now_ms += 1000;
  REQUIRE(collector.fold->erase({"userId", "ann"}));
  auto finished = collector.fold->finish_erasures(std::chrono::seconds(5));
  REQUIRE(finished);
  CHECK(*finished);
  CHECK(files_with(collector.path(), "ann.lovelace").empty());
  const auto list = suppression_list_json(*collector.store, 0, 10);
  REQUIRE(list);
  CHECK(json::parse(*list).at("suppressions").at(0).at("identifier").is_null());
  collector.now_ms += 1000;
  collector.take({named(collector.now_ms, "i2", kAnn, R"("email":"Ann.Lovelace@example.com")"),
                  signs_up(collector.now_ms, "m1", kAnn)});
  CHECK(outbox_of(collector) == Texts{"m1~welcome~email held suppressed", "m1~welcome~sms held suppressed"});
  auto removed = collector.fold->unsuppress({"email", "ann.lovelace@example.com"}, std::nullopt);
  REQUIRE(removed);
  CHECK(*removed == 1);
}

TEST_CASE("suppression: what is no address, no channel or no word says what would be right") {
  TestCollector collector(kJourney);
  const auto& rules = collector.journeys.current()->identifiers;
  const auto message = [&](SuppressionWish wish) {
    wish.source = "test";
    auto made = make_suppression(rules, wish, 0);
    return made ? std::string("made") : made.error().message;
  };
  CHECK(message({"ann@example.com"}).find("types are userId, email, anonymousId, phone") !=
        std::string::npos);
  CHECK(message({"shoe:9"}).find("is no TYPE:VALUE") != std::string::npos);
  CHECK(message({"email:E-Mail"}).find("is no e-mail address") != std::string::npos);
  CHECK(message({"email:null"}).find("is no TYPE:VALUE") != std::string::npos);
  CHECK(message({"email:a@example.com", "web"}).find("no server channel") != std::string::npos);
  CHECK(message({"email:a@example.com", {}, "she said so"}).find("must be a word") != std::string::npos);
  CHECK(message({"phone:+4179"}) == "made");
}
