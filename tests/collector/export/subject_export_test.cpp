// All the collector has of one person, and nothing of anybody else.
#include "collector/export/subject_export.hpp"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "collector/fold/test_collector.hpp"
#include "collector/reading/suppression_document.hpp"

using namespace desirepath::collector;
using namespace desirepath::collector::testing;
using nlohmann::json;

namespace {

struct Told {
  json document;
  std::string error;
  std::size_t largest_piece = 0;
};

Told told_of(TestCollector& collector, const std::string& who) {
  auto subject = SubjectExport::begin(*collector.store, collector.engines, collector.journeys.current(),
                                      {who, collector.now_ms});
  if (!subject) return {nullptr, subject.error().message, 0};
  Told told;
  std::string text;
  for (bool more = true; more;) {
    std::string piece;
    auto next = (*subject)->next(piece);
    REQUIRE_MESSAGE(next.has_value(), next.error().message);
    more = *next;
    told.largest_piece = std::max(told.largest_piece, piece.size());
    text += piece;
  }
  told.document = json::parse(text);
  return told;
}

TestEvent does(int minute, const std::string& id, const std::string& name, const std::string& more,
               Trust trust = Trust::claimed) {
  return make_event(kStartMs + minute * kMinuteMs, id, "track", ",\"event\":\"" + name + "\"," + more, trust);
}

}  // namespace

TEST_CASE(
    "subject access: identifiers with links, traits with provenance, events, decisions, consent, rejected") {
  TestCollector collector;
  const std::string consent = R"(,"context":{"consent":{"categoryPreferences":{"marketing":false}}})";
  collector.take(
      {make_event(
           kStartMs, "i", "identify",
           R"(,"userId":"ann","anonymousId":"phone","traits":{"email":"Ann@example.com","city":"Trogen"})",
           Trust::proved),
       does(1, "v1", "Product Viewed", R"("anonymousId":"phone")"),
       does(2, "v2", "Product Viewed", R"("anonymousId":"phone")"),
       does(3, "v3", "Product Viewed", R"("anonymousId":"phone")"),
       does(4, "no", "Segment Consent Preference Updated", R"("userId":"ann")" + consent, Trust::proved),
       does(5, "other", "Product Viewed", R"("userId":"bob-the-other")")});
  collector.take({does(1, "v1", "Product Compared", R"("anonymousId":"phone")")});  // says something else
  AcceptedBatch rejected{collector.now_ms, "shop", Trust::claimed, {}};
  rejected.rejected.push_back({"plan", "what", "field", "Odd", "r1", R"({"event":"Odd","userId":"ann"})"});
  rejected.rejected.push_back({"plan", "what", "field", "Odd", "r2", R"({"event":"Odd","userId":"bob"})"});
  REQUIRE(collector.journal->append(rejected));
  collector.run();
  auto entry = make_suppression(collector.journeys.current()->identifiers,
                                {"email:ann@example.com", {}, "asked", "test"}, collector.now_ms);
  REQUIRE(entry);
  REQUIRE(collector.fold->suppress({*entry}));

  const json all = told_of(collector, "email:ann@example.com").document;
  CHECK(all.at("profile") == public_id({"userId", "ann"}));
  CHECK(all.at("document").at("identifiers").size() == 3);
  CHECK(all.at("document").at("traits").at("city").at("source") == "test");
  CHECK(all.at("ledger").at("links").size() == 2);
  CHECK(all.at("history").at("stages").size() == 1);
  CHECK(all.at("consent").at("consents").at("marketing").at("granted") == false);
  CHECK(all.at("consent").at("suppressions").at(0).at("reason") == "asked");
  REQUIRE(all.at("events").size() == 5);
  CHECK(all.at("events").at(0).at("event").at("traits").at("city") == "Trogen");
  CHECK(all.at("events").at(4).at("event").at("messageId") == "no");
  CHECK(all.at("decisions").at(0).at("decisionId") == "v3~third_look~web");
  CHECK(all.at("outbox").empty());
  CHECK(all.at("differingCopies").at(0).at("event").at("event") == "Product Compared");
  REQUIRE(all.at("rejected").size() == 1);
  CHECK(all.at("rejected").at(0).at("messageId") == "r1");
  CHECK(all.dump().find("bob") == std::string::npos);
  CHECK(told_of(collector, "profile:" + public_id({"userId", "ann"})).document.at("events").size() == 5);
}

TEST_CASE("subject access: a person of many events is told in small pieces") {
  TestCollector collector;
  std::vector<TestEvent> events;
  for (int i = 0; i < 3'000; ++i) {
    events.push_back(does(i * 40, "m" + std::to_string(i), "Product Viewed",
                          R"("userId":"ann","properties":{"note":")" + std::string(500, 'x') + "\"}"));
  }
  collector.take(events);
  const Told told = told_of(collector, "userId:ann");
  CHECK(told.document.at("events").size() == 3'000);
  CHECK(told.document.at("events").back().at("event").at("messageId") == "m2999");
  CHECK(told.largest_piece < 400'000);
}

TEST_CASE("subject access: who is unknown, or only on a list, or no identifier at all") {
  TestCollector collector;
  CHECK(told_of(collector, "userId:ghost").error.find("nothing is known of userId:ghost") == 0);
  CHECK(told_of(collector, "ghost").error.find("types are userId, loyalty, email, anonymousId, profile") !=
        std::string::npos);
  CHECK(told_of(collector, "shoe:9").error.find("is no TYPE:VALUE") != std::string::npos);
  auto entry = make_suppression(collector.journeys.current()->identifiers,
                                {"email:ann@example.com", {}, "asked", "test"}, collector.now_ms);
  REQUIRE(entry);
  REQUIRE(collector.fold->suppress({*entry}));
  const json listed = told_of(collector, "email:Ann@example.com").document;
  CHECK(listed.at("document").is_null());
  CHECK(listed.at("consent").at("suppressions").size() == 1);
}
