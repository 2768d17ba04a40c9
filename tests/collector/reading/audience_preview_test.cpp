#include "collector/reading/audience_preview.hpp"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "collector/fold/test_collector.hpp"

using namespace desirepath::collector;
using namespace desirepath::collector::testing;
using nlohmann::json;

namespace {

constexpr const char* kAudienceJourney = R"json({
  // Comments are allowed.
  "schema": "desirepath/journey/1", "journey": "audiences", "version": 1,
  "behaviors": { "viewed": { "event": "Product Viewed" }, "ordered": { "event": "Order Completed" } },
  "audiences": { "keen": { "behaviors.viewed": { "$gte": 2 }, "behaviors.ordered": 0, "traits.plan": { "$ne": "free" } } },
  "triggers": [
    { "id": "greet", "on": { "audience_enter": "keen" }, "do": [ { "channel": "web", "slot": "hero" } ] } ]
})json";

// Person i views i % 4 products; every fifth orders; every third is on the free plan.
std::vector<TestEvent> people(int count) {
  std::vector<TestEvent> events;
  for (int i = 0; i < count; ++i) {
    const std::string who = ",\"userId\":\"u" + std::to_string(i) + "\"";
    std::int64_t time_ms = kTestNowMs - 1'000'000 + i;
    const auto add = [&](const std::string& type, const std::string& rest) {
      events.push_back(make_event(time_ms++, "m" + std::to_string(i) + "-" + std::to_string(events.size()),
                                  type, who + rest, Trust::proved));
    };
    add("identify",
        i % 3 == 0 ? R"(,"traits":{"plan":"free"})" : R"(,"traits":{"plan":"gold","tags":["a"]})");
    if (i % 5 == 0) add("track", R"(,"event":"Order Completed")");
    for (int n = 0; n < i % 4; ++n) add("track", R"(,"event":"Product Viewed")");
  }
  return events;
}

json read(Result<std::string> answer) {
  REQUIRE_MESSAGE(answer, (answer ? "" : answer.error().message));
  return json::parse(*answer);
}

std::set<std::string> ids_of(const json& lines) {
  std::set<std::string> ids;
  for (const json& line : lines) ids.insert(line.at("profile").get<std::string>());
  return ids;
}

}  // namespace

TEST_CASE("one audience id means the same people to a trigger, an export, a search and a preview") {
  TestCollector collector(kAudienceJourney);
  collector.take(people(60));
  const auto journeys = collector.journeys.current();
  std::set<std::string> exported;
  std::set<std::string> entered;
  std::istringstream lines(collector.profiles());
  for (std::string line; std::getline(lines, line);) {
    const json profile = json::parse(line);
    const auto& audiences = profile.at("audiences");
    if (std::find(audiences.begin(), audiences.end(), "keen") == audiences.end()) continue;
    exported.insert(profile.at("profile").get<std::string>());
  }
  std::istringstream decisions(collector.standing_decisions());
  for (std::string line; std::getline(decisions, line);) {
    entered.insert(json::parse(line).at("profile").get<std::string>());
  }
  REQUIRE(exported.size() > 5);
  CHECK(entered == exported);
  const json preview = read(preview_audience(*collector.store, *journeys, "keen", kTestNowMs, {100}));
  CHECK(ids_of(preview.at("sample")) == exported);
  CHECK(preview.at("matched") == exported.size());
  CHECK(preview.at("estimate") == exported.size());
  CHECK(preview.at("scanned") == 60);
  CHECK(preview.at("exact") == true);
  const json found = read(search_profiles(*collector.store, *journeys, R"({"audiences.keen":true})", "",
                                          kTestNowMs, 100, std::chrono::seconds(10)));
  CHECK(ids_of(found.at("profiles")) == exported);
  CHECK(found.at("next").is_null());
  const json asked = read(
      preview_where(*collector.store, *journeys, R"({"audiences":{"$in":["keen"]}})", kTestNowMs, {100}));
  CHECK(ids_of(asked.at("sample")) == exported);
}

TEST_CASE("a preview says which part of the condition keeps how many out") {
  TestCollector collector(kAudienceJourney);
  collector.take(people(60));
  const auto journeys = collector.journeys.current();
  const json declared = read(preview_audience(*collector.store, *journeys, "keen", kTestNowMs, {3}));
  CHECK(declared.at("sample").size() == 3);
  const json& excluded = declared.at("excluded");
  REQUIRE(excluded.size() == 3);
  CHECK(excluded.at(0).at("part") == json::parse(R"({"behaviors.viewed":{"$gte":2}})"));
  CHECK(excluded.at(0).at("profiles") == 30);  // 0 or 1 views
  CHECK(excluded.at(1).at("profiles") == 12);  // ordered
  CHECK(excluded.at(2).at("profiles") == 20);  // on the free plan
  std::size_t alone = 0;
  for (int i = 0; i < 60; ++i) alone += i % 4 < 2 && i % 5 != 0 && i % 3 != 0 ? 1 : 0;
  CHECK(excluded.at(0).at("alone") == alone);
  CHECK(excluded.at(0).at("sample").size() == 5);
  // The same condition, not declared: over lines.
  const json asked = read(
      preview_where(*collector.store, *journeys,
                    R"({"behaviors.viewed":{"$gte":2},"behaviors.ordered":0,"traits.plan":{"$ne":"free"}})",
                    kTestNowMs, {3}));
  CHECK(asked.at("excluded") == excluded);
  CHECK(asked.at("sample") == declared.at("sample"));
}

TEST_CASE("a search goes on where it ended and reads lists and free text") {
  TestCollector collector(kAudienceJourney);
  collector.take(people(30));
  const auto journeys = collector.journeys.current();
  std::set<std::string> ids;
  std::string from;
  int pages = 0;
  do {
    const json page = read(search_profiles(*collector.store, *journeys,
                                           R"({"traits.tags":{"$in":["a"]},"traits.plan":{"$regex":"^g"}})",
                                           from, kTestNowMs, 6, std::chrono::seconds(10)));
    for (const std::string& id : ids_of(page.at("profiles"))) CHECK(ids.insert(id).second);
    from = page.at("next").is_null() ? "" : page.at("next").get<std::string>();
    ++pages;
  } while (!from.empty());
  CHECK(ids.size() == 20);
  CHECK(pages == 4);
}

TEST_CASE("a look that runs out of time still tells how many there are") {
  TestCollector collector(kAudienceJourney);
  collector.take(people(30));
  const json preview = read(preview_where(*collector.store, *collector.journeys.current(), "{}", kTestNowMs,
                                          {1, std::chrono::milliseconds(-1)}));
  CHECK(preview.at("scanned") == 0);
  CHECK(preview.at("exact") == false);
}

TEST_CASE("mistakes of a search say what and where") {
  TestCollector collector(kAudienceJourney);
  const auto journeys = collector.journeys.current();
  const auto search = [&](const char* where) {
    auto found =
        search_profiles(*collector.store, *journeys, where, "", kTestNowMs, 5, std::chrono::seconds(1));
    REQUIRE_FALSE(found);
    CHECK(found.error().field == "where");
    return found.error().message;
  };
  CHECK(search(R"({"traits.plan":{"$foo":1}})").find("unknown operator") != std::string::npos);
  CHECK(search(R"({"audiences.kean":true})").find("did you mean 'keen'") != std::string::npos);
  const auto unknown = preview_audience(*collector.store, *journeys, "kean", kTestNowMs, {});
  REQUIRE_FALSE(unknown);
  CHECK(unknown.error().code == ErrorCode::not_found);
}
