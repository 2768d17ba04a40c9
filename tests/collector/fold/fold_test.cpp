#include "collector/fold/fold.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "collector/fold/test_collector.hpp"

using namespace desirepath::collector;
using namespace desirepath::collector::testing;

namespace {

TestEvent track(int minute, const std::string& id, const std::string& name, const std::string& who,
                const std::string& properties = "{}") {
  return make_event(kStartMs + minute * kMinuteMs, id, "track",
                    ",\"event\":\"" + name + "\"," + who + ",\"properties\":" + properties);
}

std::string visitor(const std::string& id) {
  return "\"anonymousId\":\"" + id + "\"";
}
std::string person(const std::string& user, const std::string& device) {
  return "\"userId\":\"" + user + "\",\"anonymousId\":\"" + device + "\"";
}

std::size_t count(const std::string& text, const std::string& what) {
  std::size_t found = 0;
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++found;
  return found;
}

}  // namespace

TEST_CASE("events become a profile with stage, behaviors and audiences") {
  TestCollector collector;
  const auto counters = collector.take(
      {track(0, "m0", "Product Viewed", visitor("a")), track(1, "m1", "Product Viewed", visitor("a")),
       track(2, "m2", "Product Viewed", visitor("a")), track(3, "m3", "Cart Updated", visitor("a"))});
  CHECK(counters.events == 4);
  const std::string line = collector.profiles();
  CHECK(line.starts_with(
      "{\"profile\":\"" + public_id({"anonymousId", "a"}) +
      "\",\"identifiers\":[{\"type\":\"anonymousId\",\"value\":\"a\",\"trust\":\"claimed\"}],"
      "\"traits\":{},\"stage\":\"cart\",\"stageSince\":\"2023-11-14T22:16:20.000Z\","
      "\"audiences\":[\"keen\"],\"behaviors\":{\"viewed\":3,\"recent\":3,\"spent\":0,\"ordered\":0},"
      "\"scores\":{},\"firstSeen\":\"2023-11-14T22:13:20.000Z\","));
  CHECK(count(collector.decisions(), "\"trigger\":\"third_look\",\"outcome\":\"fired\"") == 1);
  CHECK(count(collector.decisions(), "\"trigger\":\"cart_rescue\",\"outcome\":\"fired\"") == 1);
}

TEST_CASE("a duplicate is left out, however it is sent again; a copy that differs is recorded") {
  TestCollector collector;
  const auto first = track(0, "m0", "Product Viewed", visitor("a"));
  collector.take({first, first});
  const std::string before = collector.everything();
  collector.take({first});
  collector.reopen();
  auto other = track(5, "m0", "Order Completed", visitor("a"), "{\"revenue\":900}");
  const auto counters = collector.take({other, track(0, "m0", "Product Viewed", visitor("b"))});
  CHECK(counters.duplicates == 1);
  CHECK(counters.differing_copies == 1);
  CHECK(counters.events == 1);  // the same messageId from another stream is another event
  CHECK(count(collector.events(), "\"messageId\":\"m0\"") == 2);
  CHECK(count(collector.profiles(), "\"spent\":0") == 2);
  CHECK(before.size() < collector.everything().size());
}

TEST_CASE("signing in joins what the visitor did before, and the old id still finds the profile") {
  TestCollector collector;
  collector.take({track(0, "m0", "Product Viewed", visitor("a"))});
  CHECK(collector.document("anonymousId", "a").find("\"profile\":\"" + public_id({"anonymousId", "a"})) == 1);
  collector.take({track(1, "m1", "Product Viewed", person("u", "a"))});
  const std::string id = public_id({"userId", "u"});
  for (const auto& [type, value] :
       std::vector<std::pair<std::string, std::string>>{{"userId", "u"},
                                                        {"anonymousId", "a"},
                                                        {"profile", id},
                                                        {"profile", public_id({"anonymousId", "a"})}}) {
    CHECK(collector.document(type, value).starts_with("{\"profile\":\"" + id));
  }
  CHECK(count(collector.profiles(), "\n") == 1);
  CHECK(collector.profiles().find("\"viewed\":2") != std::string::npos);
  CHECK(collector.document("userId", "nobody").starts_with("no profile has"));
}

TEST_CASE("the newest events are told, oldest first, wherever late ones were put") {
  TestCollector collector;
  for (const int minute : {0, 100, 200, 201, 202, 50, 150, 300}) {
    collector.take({track(minute, "m" + std::to_string(minute), "Product Viewed", visitor("a"))});
  }
  for (const std::size_t limit : {0, 1, 3, 5, 8, 20}) {
    CAPTURE(limit);
    auto json = events_json(*collector.store, "anonymousId", "a", limit);
    REQUIRE(json);
    CHECK(json->find("\"total\":8,") != std::string::npos);
    std::string ids;
    for (std::size_t at = json->find("\"messageId\":\""); at != std::string::npos;
         at = json->find("\"messageId\":\"", at + 1)) {
      ids += json->substr(at + 13, json->find('"', at + 13) - at - 13) + " ";
    }
    const std::vector<std::string> all = {"m0 ",   "m50 ",  "m100 ", "m150 ",
                                          "m200 ", "m201 ", "m202 ", "m300 "};
    std::string expected;
    for (std::size_t i = all.size() - std::min(limit, all.size()); i < all.size(); ++i) expected += all[i];
    CHECK(ids == expected);
  }
}

TEST_CASE("a late event retracts what it contradicts") {
  TestCollector collector;
  collector.take({track(0, "m0", "Cart Updated", visitor("a"))});
  CHECK(count(collector.decisions(), "cart_rescue") > 0);
  CHECK(count(collector.decisions(), "\"retracted\":true") == 0);
  collector.take({track(10, "m1", "Order Completed", visitor("a"), "{\"revenue\":5}")});
  CHECK(count(collector.decisions(), "\"revision\":2,\"retracted\":true") == 1);
  CHECK(collector.standing_decisions().empty());
  CHECK(collector.profiles().find("\"stage\":\"bought\"") != std::string::npos);
}

TEST_CASE("wake-ups come by the wall clock, and an event that comes later undoes what it contradicts") {
  TestCollector collector;
  collector.now_ms = kStartMs + 5 * kMinuteMs;
  collector.take({track(0, "m0", "Cart Updated", visitor("a"))});
  CHECK(collector.decisions().empty());
  collector.now_ms = kStartMs + 30 * kMinuteMs;
  collector.run();
  CHECK(count(collector.decisions(), "\"timestamp\":\"2023-11-14T22:43:20.000Z\",\"messageId\":\"m0\"") == 1);
  collector.take({track(29, "m1", "Order Completed", visitor("a"))});
  CHECK(collector.standing_decisions().empty());
}

TEST_CASE("with a backlog nothing falls due that an event still in the journal prevents") {
  TestCollector collector;
  collector.transaction_bytes_max = 1;
  collector.reopen();
  collector.now_ms = kStartMs;
  collector.append({track(0, "m0", "Cart Updated", visitor("a"))});
  collector.now_ms = kStartMs + 10 * kMinuteMs;
  collector.append({track(10, "m1", "Order Completed", visitor("a"))});
  collector.append({track(10, "m2", "Cart Updated", visitor("b"))});
  collector.now_ms = kStartMs + 60 * kMinuteMs;
  CHECK(collector.run().transactions > 2);
  CHECK(count(collector.decisions(), "\n") == 1);
  CHECK(count(collector.decisions(), "\"messageId\":\"m2\"") == 1);
}

TEST_CASE("traits carry their source; a claim never overrides what is proved") {
  TestCollector collector;
  collector.take(
      {make_event(kStartMs, "m0", "identify", ",\"userId\":\"u\",\"traits\":{\"plan\":\"gold\"}",
                  Trust::proved),
       make_event(
           kStartMs + 1, "m1", "identify",
           ",\"userId\":\"u\",\"anonymousId\":\"a\",\"traits\":{\"plan\":\"free\",\"city\":\"Bern\"}")});
  CHECK(collector.profiles().find("\"traits\":{\"city\":\"Bern\",\"plan\":\"gold\"}") != std::string::npos);
  const std::string document = collector.document("userId", "u");
  CHECK(document.find("\"plan\":{\"value\":\"gold\",\"source\":\"test\",\"trust\":\"proved\"") !=
        std::string::npos);
  CHECK(document.find("\"rule\":\"proved_over_claimed\",\"others\":[{\"value\":\"free\"") !=
        std::string::npos);
}

TEST_CASE("events that name nobody are kept and make no profile") {
  TestCollector collector;
  collector.take({track(0, "m0", "Product Viewed", "\"userId\":\"undefined\"")});
  CHECK(collector.profiles().empty());
  CHECK(count(collector.events(), "\"messageId\":\"m0\"") == 1);
  CHECK(collector.take({track(0, "m0", "Product Viewed", "\"userId\":\"undefined\"")}).duplicates == 1);
}

TEST_CASE("un-merge leaves exactly what would be had the two never been linked") {
  const std::vector<TestEvent> before = {track(0, "m0", "Product Viewed", visitor("tablet")),
                                         track(1, "m1", "Product Viewed", visitor("tablet")),
                                         track(2, "m2", "Cart Updated", visitor("tablet")),
                                         track(3, "m3", "Product Viewed", person("ann", "phone"))};
  TestCollector never;
  never.take(before);
  TestCollector merged;
  merged.take(before);
  merged.take({track(9, "m9", "Product Viewed", person("ann", "tablet"))});
  CHECK(count(merged.profiles(), "\n") == 1);
  REQUIRE(merged.fold->cut({"userId", "ann"}, {"anonymousId", "tablet"}));
  // The event that linked them is ann's own.
  never.take({track(9, "m9", "Product Viewed", "\"userId\":\"ann\"")});
  const std::string tablet = public_id({"anonymousId", "tablet"});
  const auto part = [&](const std::string& text) {
    const std::size_t at = text.find("{\"profile\":\"" + tablet);
    return at == std::string::npos ? std::string() : text.substr(at, text.find('\n', at) - at);
  };
  CHECK_FALSE(part(never.profiles()).empty());
  CHECK(part(merged.profiles()) == part(never.profiles()));
  CHECK(merged.profiles() == never.profiles());
  CHECK(merged.standing_decisions() == never.standing_decisions());
  CHECK(merged.fold->cut({"userId", "ann"}, {"anonymousId", "unseen"}).error().code == ErrorCode::not_found);
  // The cut holds for later links too.
  merged.take({track(20, "m20", "Product Viewed", person("ann", "tablet"))});
  CHECK(count(merged.profiles(), "\n") == 2);
}

TEST_CASE("a kiosk that everybody signs in on is blocked, and its people come apart again") {
  TestCollector collector;
  std::vector<TestEvent> events;
  const int people = static_cast<int>(kLinksMaxDefault) + 1;
  for (int i = 0; i < people - 1; ++i) {
    events.push_back(
        track(i, "m" + std::to_string(i), "Product Viewed", person("u" + std::to_string(i), "kiosk")));
  }
  events.push_back(track(people, "own", "Product Viewed", visitor("kiosk")));
  collector.take(events);
  CHECK(count(collector.profiles(), "\n") == static_cast<std::size_t>(people - 1));
  const auto last = track(people + 1, "last", "Product Viewed", person("one-more", "kiosk"));
  collector.take({last});
  CHECK(count(collector.profiles(), "\n") == static_cast<std::size_t>(people + 1));
  TestCollector at_once;
  events.push_back(last);
  at_once.take(events);
  CHECK(collector.everything() == at_once.everything());
}

TEST_CASE("a userId on too many devices owns nothing that a device can own") {
  TestCollector collector;
  std::vector<TestEvent> events;
  for (int i = 0; i <= static_cast<int>(kLinksMaxDefault); ++i) {
    events.push_back(
        track(i, "m" + std::to_string(i), "Product Viewed", person("shared", "d" + std::to_string(i))));
  }
  collector.take(std::vector<TestEvent>(events.begin(), events.end() - 1));
  CHECK(count(collector.profiles(), "\n") == 1);
  collector.take({events.back()});
  CHECK(count(collector.profiles(), "\n") == events.size());
  TestCollector at_once;
  at_once.take(events);
  CHECK(collector.everything() == at_once.everything());
}

TEST_CASE("a new version decides from then on; what was decided stays as recorded") {
  TestCollector collector;
  collector.take({track(0, "m0", "Cart Updated", visitor("a"))});
  const std::string before = collector.decisions();
  std::string next = kTestJourney;
  next.replace(next.find("\"for\": \"30m\""), 12, "\"for\": \"45m\"");
  next.replace(next.find("\"version\": 1"), 12, "\"version\": 2");
  REQUIRE(collector.journeys.load_sources(std::vector<JourneySource>{{"test.json", next}}).empty());
  collector.run();
  CHECK(collector.decisions() == before);
  collector.reopen();
  collector.run();
  CHECK(collector.decisions() == before);
  collector.now_ms += 100 * kMinuteMs;
  collector.append({make_event(kTestNowMs + kMinuteMs, "m1", "track",
                               ",\"event\":\"Cart Updated\",\"anonymousId\":\"b\"")});
  collector.run();
  CHECK(count(collector.decisions(), "\"timestamp\":\"2027-01-15T08:46:00.000Z\",\"messageId\":\"m1\"") == 1);
}

TEST_CASE("a new version takes over people under way, and does so again in every refold") {
  TestCollector collector;
  const std::int64_t start = kTestNowMs - 10 * kMinuteMs;
  collector.take({make_event(start, "m1", "track", R"(,"event":"Cart Updated","anonymousId":"a")")});
  std::string next = kTestJourney;
  const auto replace = [&](std::string_view old, std::string_view text) {
    const std::size_t at = next.find(old);
    REQUIRE(at != std::string::npos);
    next.replace(at, old.size(), text);
  };
  replace("\"version\": 1", "\"version\": 2, \"migrate\": { \"cart\": \"basket\" }");
  replace("\"id\": \"cart\"", "\"id\": \"basket\"");
  replace("conversion(look, cart, 14d)", "conversion(look, basket, 14d)");
  replace("conversion(cart, bought, 14d)", "conversion(basket, bought, 14d)");
  replace("{ \"stage\": \"cart\" }", "{ \"stage\": \"basket\" }");
  replace("\"for\": \"30m\"", "\"for\": \"45m\"");
  REQUIRE(collector.journeys.load_sources(std::vector<JourneySource>{{"test.json", next}}).empty());
  collector.run();
  CHECK(collector.profiles().find(R"("stage":"basket","stageSince":"2027-01-15T07:50:00.000Z")") !=
        std::string::npos);

  SUBCASE("the armed wait ends when the earlier version set it to") {
    collector.now_ms = start + 31 * kMinuteMs;
    collector.run();
    CHECK(count(collector.decisions(), R"("timestamp":"2027-01-15T08:20:00.000Z")") == 1);
  }
  SUBCASE("a late event is folded by the version of its time") {
    collector.now_ms += kMinuteMs;
    collector.take(
        {make_event(start - kMinuteMs, "m0", "track", R"(,"event":"Product Viewed","anonymousId":"a")")});
    CHECK(collector.profiles().find(R"("stage":"basket","stageSince":"2027-01-15T07:50:00.000Z")") !=
          std::string::npos);
    collector.now_ms = start + 31 * kMinuteMs;
    collector.run();
    CHECK(count(collector.decisions(), R"("timestamp":"2027-01-15T08:20:00.000Z")") == 1);
  }
  SUBCASE("also after a restart") {
    collector.reopen();
    collector.take(
        {make_event(start - kMinuteMs, "m0", "track", R"(,"event":"Product Viewed","anonymousId":"a")")});
    CHECK(collector.profiles().find(R"("stage":"basket","stageSince":"2027-01-15T07:50:00.000Z")") !=
          std::string::npos);
  }
  SUBCASE("and the new version's rules move people from then on") {
    collector.now_ms += kMinuteMs;
    collector.take(
        {make_event(kTestNowMs + 1, "m2", "track", R"(,"event":"Order Completed","anonymousId":"a")")});
    CHECK(collector.profiles().find(R"("stage":"bought")") != std::string::npos);
  }
}

TEST_CASE("a new version reads the past's dates by the clock of the person's zone") {
  TestCollector collector;
  collector.take({make_event(
      kTestNowMs - kMinuteMs, "m1", "identify",
      R"(,"anonymousId":"a","context":{"timezone":"Europe/Vienna"},"traits":{"renewal":"2027-01-16"})")});
  std::string next = kTestJourney;
  next.replace(next.find("\"version\": 1"), 12, "\"version\": 2");
  const std::string_view triggers = "\"triggers\": [";
  next.insert(next.find(triggers) + triggers.size(),
              R"({ "id": "renew", "owner": "crm", "schedule": { "fact": "traits.renewal", "time": "09:00" },
                   "outcome": { "behavior": "ordered", "within": "7d" }, "do": [ { "channel": "web", "slot": "hero" } ] },)");
  REQUIRE(collector.journeys.load_sources(std::vector<JourneySource>{{"test.json", next}}).empty());
  collector.run();
  collector.now_ms += 2 * 24 * 60 * kMinuteMs;
  collector.run();
  CHECK(count(collector.decisions(), R"("timestamp":"2027-01-16T08:00:00.000Z")") == 1);
}

TEST_CASE("a mistaken journey changes nothing") {
  TestCollector collector;
  const auto before = collector.journeys.current();
  const auto mistakes =
      collector.journeys.load_sources(std::vector<JourneySource>{{"bad.json", "{\"schema\": 1}"}});
  CHECK_FALSE(mistakes.empty());
  CHECK(mistakes.front().starts_with("bad.json:1:"));
  CHECK(collector.journeys.current() == before);
}

TEST_CASE("new identifier rules fold everything anew") {
  std::string plain = kTestJourney;
  const std::string email =
      "\"email\": { \"trait\": \"email\", \"normalize\": \"lowercase\", \"unique\": true },";
  plain.replace(plain.find(email), email.size(), "");
  const std::vector<TestEvent> events = {
      make_event(kStartMs, "m0", "identify",
                 "," + visitor("a") + ",\"traits\":{\"email\":\"Ann@example.com\"}"),
      make_event(kStartMs + 1, "m1", "identify",
                 "," + visitor("b") + ",\"traits\":{\"email\":\"ann@example.com\"}"),
      track(3, "m3", "Cart Updated", visitor("b"))};
  TestCollector collector(plain);
  collector.take(events);
  CHECK(count(collector.profiles(), "\n") == 2);
  REQUIRE(collector.journeys.load_sources(std::vector<JourneySource>{{"test.json", kTestJourney}}).empty());
  collector.run();
  TestCollector fresh;
  fresh.take(events);
  CHECK(count(fresh.profiles(), "\n") == 1);
  CHECK(collector.everything() == fresh.everything());
}

TEST_CASE("the fold thread follows the journal, tells its watcher and can be waited for") {
  TestCollector collector;
  std::vector<FoldedEvent> seen;
  collector.fold->observe([&](const FoldedEvent& event) { seen.push_back(event); });
  REQUIRE(collector.fold->start());
  const Cursor at = collector.append({track(0, "m0", "Cart Updated", visitor("a"))});
  CHECK(collector.fold->wait_for(at, std::chrono::seconds(20)));
  CHECK_FALSE(collector.fold->wait_for({at.position + 1}, std::chrono::milliseconds(1)));
  collector.fold->stop();
  CHECK(std::count_if(seen.begin(), seen.end(),
                      [](const auto& e) { return e.kind == FoldedEvent::Kind::event; }) == 1);
  CHECK(std::count_if(seen.begin(), seen.end(),
                      [](const auto& e) { return e.kind == FoldedEvent::Kind::stage; }) == 1);
  CHECK(std::count_if(seen.begin(), seen.end(),
                      [](const auto& e) { return e.kind == FoldedEvent::Kind::decision; }) == 1);
}
