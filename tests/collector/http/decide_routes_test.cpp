#include <thread>

#include "collector/http/running_collector.hpp"

using namespace desirepath::collector;
using namespace desirepath::collector::tests;
using nlohmann::json;

namespace {

constexpr const char* kDecideJourney = R"journey({
  "schema": "desirepath/journey/1", "journey": "care", "version": 1,
  "identifiers": { "email": { "trait": "email", "normalize": "lowercase", "unique": true } },
  "behaviors": { "viewed": { "event": "Product Viewed" } },
  "audiences": { "keen": { "behaviors.viewed": { "$gte": 2 } } },
  "stages": [ { "id": "look", "owner": "product", "intent": "look", "enter": { "event": "Product Viewed" } } ],
  "asks": { "email": {}, "size": {} },
  "purposes": { "win": { "cap": { "times": 1, "per": "7d" } } },
  "promises": { "free_shipping": {} },
  "triggers": [
    { "id": "guide", "event": "Decision Requested", "when": { "behaviors.viewed": { "$gte": 2 } }, "purpose": "guide",
      "promise": "free_shipping", "do": [ { "channel": "web", "slot": "hero", "content": { "headline": "Help?" } } ] },
    { "id": "call", "event": "Call Started", "purpose": "win",
      "do": [ { "channel": "phone", "content": { "script": "offer" } } ], "cap": { "times": 1, "per": "1d" } },
    { "id": "mail", "event": "Call Started", "purpose": "win", "priority": -1, "do": [ { "channel": "email" } ] },
    { "id": "viewed_banner", "event": "Product Viewed", "do": [ { "channel": "web", "slot": "side" } ] } ] })journey";

struct Desk {
  json ask(const std::string& body, int status = 200) const {
    const RawAnswer answer = post(collector.port, "/v1/decide", body, collector.bearer(collector.secret));
    REQUIRE_MESSAGE(answer.status == status, answer.body);
    return json::parse(answer.body);
  }
  // What the fold came to, by decisionId.
  std::vector<std::string> folded(const std::string& who, const std::string& cursor) const {
    const RawAnswer answer =
        get(collector.port, "/v1/profiles/" + who + "/decisions?wait=10000&after=" + cursor,
            collector.bearer(collector.secret));
    REQUIRE_MESSAGE(answer.status == 200, answer.body);
    std::vector<std::string> ids;
    const json read = json::parse(answer.body);
    for (const json& decision : read.at("decisions")) {
      if (decision.at("outcome") == "fired") ids.push_back(decision.at("decisionId"));
    }
    return ids;
  }
  void see(int times, const std::string& who = "\"userId\":\"u\"") const {
    std::string cursor;
    for (int i = 0; i < times; ++i) {
      const RawAnswer answer =
          post(collector.port, "/v1/track",
               "{\"event\":\"Product Viewed\",\"timestamp\":" + std::to_string(1'789'999'000'000 + i) + "," +
                   who + "}",
               collector.bearer(collector.secret));
      REQUIRE(answer.status == 200);
      cursor = json::parse(answer.body).at("cursor");
    }
    REQUIRE(get(collector.port, "/v1/profiles/userId:u?wait=10000&after=" + cursor,
                collector.bearer(collector.secret))
                .status != 504);
  }

  RunningCollector collector{{}, {}, kDecideJourney};
};

}  // namespace

TEST_CASE("decide: what fires now, with the id the fold comes to") {
  Desk desk;
  desk.see(2);
  const json answer = desk.ask(R"({"userId":"u","slots":["hero","none"]})");
  REQUIRE(answer.at("decisions").size() == 2);
  const json& hero = answer.at("decisions").at(0);
  CHECK(hero.at("slot") == "hero");
  CHECK(hero.at("trigger") == "guide");
  CHECK(hero.at("purpose") == "guide");
  CHECK(hero.at("promise") == "free_shipping");
  CHECK(hero.at("content") == json{{"headline", "Help?"}});
  CHECK(hero.at("standing") == false);
  CHECK(hero.at("decisionId") == answer.at("messageId").get<std::string>() + "~guide~web");
  CHECK(answer.at("decisions").at(1).at("decisionId").is_null());
  CHECK(answer.at("decisions").at(1).at("reason").is_null());
  CHECK(answer.at("stage") == "look");
  CHECK(answer.at("audiences") == json{"keen"});
  CHECK(answer.at("asks").at("next") == "email");
  CHECK(answer.at("durable") == true);
  const auto folded = desk.folded("userId:u", answer.at("cursor"));
  CHECK(std::find(folded.begin(), folded.end(), hero.at("decisionId").get<std::string>()) != folded.end());
}

TEST_CASE("decide: where nothing fires now, what fired lately still stands until it was shown") {
  Desk desk;
  desk.see(1);
  const std::string body = R"({"userId":"u","slots":["side"]})";
  const json standing = desk.ask(body).at("decisions").at(0);
  CHECK(standing.at("trigger") == "viewed_banner");
  CHECK(standing.at("standing") == true);
  const std::string id = standing.at("decisionId");
  const RawAnswer shown = post(desk.collector.port, "/v1/track",
                               R"({"userId":"u","event":"Decision Exposed","properties":{"decisionId":")" +
                                   id + R"(","trigger":"viewed_banner","channel":"web","slot":"side"}})",
                               desk.collector.bearer(desk.collector.secret));
  REQUIRE(shown.status == 200);
  desk.folded("userId:u", json::parse(shown.body).at("cursor"));
  CHECK(desk.ask(body).at("decisions").at(0).at("decisionId").is_null());
}

TEST_CASE("decide: two that ask at once are not both told to contact") {
  Desk desk;
  desk.see(1);
  const std::string body = R"({"userId":"u","channels":["phone"],"event":{"event":"Call Started"}})";
  json answers[4];
  std::vector<std::thread> callers;
  for (json& answer : answers) callers.emplace_back([&] { answer = desk.ask(body); });
  for (std::thread& caller : callers) caller.join();
  int told = 0;
  for (const json& answer : answers) {
    const json& decision = answer.at("decisions").at(0);
    if (!decision.at("decisionId").is_null()) {
      ++told;
      CHECK(decision.at("content") == json{{"script", "offer"}});
    } else {
      CHECK(decision.at("reason") == "purpose_served");
    }
  }
  CHECK(told == 1);
  // Another channel of the same purpose, held back by the same hold.
  const json mail = desk.ask(R"({"userId":"u","channels":["email"],"event":{"event":"Call Started"}})");
  CHECK(mail.at("decisions").at(0).at("decisionId").is_null());
  // Somebody else is told.
  CHECK_FALSE(desk.ask(R"({"userId":"other","channels":["phone"],"event":{"event":"Call Started"}})")
                  .at("decisions")
                  .at(0)
                  .at("decisionId")
                  .is_null());
}

TEST_CASE("decide: asked again with the same messageId the answer is the same") {
  Desk desk;
  desk.see(2);
  const std::string body =
      R"({"userId":"u","channels":["phone"],"messageId":"call-7","event":{"event":"Call Started"}})";
  const json first = desk.ask(body);
  CHECK(first.at("decisions").at(0).at("decisionId") == "call-7~call~phone");
  desk.folded("userId:u", first.at("cursor"));
  const json again = desk.ask(body);
  CHECK(again.at("decisions").at(0).at("decisionId") == "call-7~call~phone");
}

TEST_CASE("decide: by any identifier; strangers are answered from nothing") {
  Desk desk;
  const RawAnswer known =
      post(desk.collector.port, "/v1/identify", R"({"userId":"u","traits":{"email":"Ann@example.com"}})",
           desk.collector.bearer(desk.collector.secret));
  REQUIRE(known.status == 200);
  desk.see(2);
  const json found = desk.ask(R"({"identifier":"email:ann@example.com","slots":["hero"]})");
  CHECK(found.at("decisions").at(0).at("trigger") == "guide");
  CHECK(found.at("asks").at("known") == json{"email"});
  CHECK(found.at("durable") == true);
  const json stranger = desk.ask(R"({"identifier":"email:x@example.com","slots":["hero"]})");
  CHECK(stranger.at("profile").is_null());
  CHECK(stranger.at("decisions").at(0).at("decisionId").is_null());
  CHECK(stranger.at("stage").is_null());
  CHECK(stranger.at("durable") == false);
}

TEST_CASE("decide: mistakes are told, and only keys that may decide do") {
  Desk desk;
  CHECK(desk.ask("{}", 400).at("error").at("field") == "identifier");
  CHECK(desk.ask(R"({"userId":"u","slot":["hero"]})", 400).at("error").at("field") == "slot");
  CHECK(desk.ask(R"({"userId":"u","slots":"hero"})", 400).at("error").at("field") == "slots");
  CHECK(desk.ask(R"({"userId":"u","event":{"type":"track"}})", 400).at("error").at("field") == "event");
  CHECK(desk.ask("nonsense", 400).at("error").at("code") == "not_json");
  for (const std::string& key : {desk.collector.write, desk.collector.viewer}) {
    CHECK(post(desk.collector.port, "/v1/decide", R"({"userId":"u"})", desk.collector.bearer(key)).status ==
          403);
  }
}
