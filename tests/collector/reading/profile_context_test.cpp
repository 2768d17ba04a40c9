#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "collector/fold/test_collector.hpp"

using namespace desirepath::collector;
using namespace desirepath::collector::testing;
using nlohmann::json;

namespace {

constexpr std::int64_t kHourMs = 60 * 60 * 1000;

constexpr const char* kContextJourney = R"json({
  "schema": "desirepath/journey/1", "journey": "context", "version": 1,
  "promises": { "free_shipping": { "contradicts": [ "half_price" ], "for": "2d" },
                "half_price": { "contradicts": [ "free_shipping" ] } },
  "asks": { "email": {}, "size": { "priority": 5 } },
  "channels": { "email": { "consent": "marketing" } },
  "triggers": [
    { "id": "rescue", "event": "Cart Updated", "promise": "free_shipping", "purpose": "cart",
      "do": [ { "channel": "email", "content": { "template": "cart" } } ] },
    { "id": "deal", "event": "Deal Asked", "promise": "half_price",
      "do": [ { "channel": "web", "slot": "hero" } ] } ]
})json";

TestEvent track(std::int64_t ago_ms, const std::string& id, const std::string& name,
                const std::string& properties) {
  return make_event(kTestNowMs - ago_ms, id, "track",
                    R"(,"userId":"u","event":")" + name + R"(","properties":)" + properties, Trust::proved);
}

}  // namespace

TEST_CASE(
    "one answer says what reached a person, what they looked at, what they did and what they are owed") {
  TestCollector collector(kContextJourney);
  const std::string rescue =
      R"({"decisionId":"c1~rescue~email","trigger":"rescue","purpose":"cart","promise":"free_shipping","channel":"email")";
  collector.take({
      track(5 * kHourMs, "c1", "Cart Updated", "{}"),
      track(4 * kHourMs, "r", "Decision Reserved", rescue + "}"),
      track(3 * kHourMs, "d", "Decision Delivered", rescue + R"(,"sender":"esp"})"),
      track(2 * kHourMs, "e1", "Email Delivered", R"({"email_id":"n7","campaign_name":"News"})"),
      track(1 * kHourMs, "e2", "Email Opened", R"({"email_id":"n7"})"),
      // Late, and weaker than what is known.
      track(kHourMs / 2, "e3", "Email Delivered", R"({"email_id":"n7"})"),
      track(kHourMs / 4, "x", "Decision Exposed",
            R"({"decisionId":"q~deal~web","trigger":"deal","channel":"web","slot":"hero","holdout":true})"),
      make_event(
          kTestNowMs - 1'000, "p", "page",
          R"(,"userId":"u","name":"Cart","context":{"consent":{"categoryPreferences":{"marketing":true}},)"
          R"("page":{"url":"https://shop.example.com/cart","title":"Cart"}})",
          Trust::proved),
      make_event(kTestNowMs - 500, "i", "identify", R"(,"userId":"u","traits":{"email":"u@example.com"})",
                 Trust::proved),
  });
  const json read = json::parse(collector.document("userId", "u"));

  REQUIRE(read.at("communications").size() == 2);
  const json& news = read.at("communications").at(0);
  CHECK(news.at("channel") == "email");
  CHECK(news.at("template") == "News");
  CHECK(news.at("status") == "opened");
  CHECK(news.at("sender") == "test");
  CHECK(news.at("timestamp") == format_timestamp(kTestNowMs - 2 * kHourMs));
  CHECK(news.at("statusAt") == format_timestamp(kTestNowMs - kHourMs));
  const json& cart = read.at("communications").at(1);
  CHECK(cart.at("template") == "cart");
  CHECK(cart.at("sender") == "esp");
  CHECK(cart.at("status") == "delivered");
  CHECK(cart.at("decisionId") == "c1~rescue~email");

  REQUIRE(read.at("openPromises").size() == 1);
  CHECK(read.at("openPromises").at(0).at("promise") == "free_shipping");
  CHECK(read.at("openPromises").at(0).at("until") == format_timestamp(kTestNowMs + 45 * kHourMs));

  REQUIRE(read.at("actions").size() == 2);
  CHECK(read.at("actions").at(0).at("type") == "identify");
  CHECK(read.at("actions").at(1).at("event") == "Cart Updated");
  CHECK(read.at("content").at(0).at("url") == "https://shop.example.com/cart");
  CHECK(read.at("interactions").size() == 9);
  CHECK(read.at("interactions").at(1).at("kind") == "content");
  CHECK(read.at("interactions").at(8).at("kind") == "action");

  CHECK(read.at("consent") == json{{"marketing", true}});
  CHECK(read.at("asks") == json{{"next", "size"}, {"known", {"email"}}});
}

TEST_CASE("a released message promises nothing") {
  TestCollector collector(kContextJourney);
  const std::string rescue =
      R"({"decisionId":"c1~rescue~email","trigger":"rescue","promise":"free_shipping","channel":"email"})";
  collector.take({track(2 * kHourMs, "r", "Decision Reserved", rescue),
                  track(1 * kHourMs, "l", "Decision Released", rescue)});
  const json read = json::parse(collector.document("userId", "u"));
  CHECK(read.at("communications").at(0).at("status") == "released");
  CHECK(read.at("openPromises").empty());
}

TEST_CASE("of a person whom a server has named a write key tells no messages but those of its device") {
  TestCollector collector(kContextJourney);
  const auto claim = [](std::int64_t ago_ms, const std::string& id, const std::string& name,
                        const std::string& channel) {
    const std::string properties = R"({"decisionId":"c1~rescue~)" + channel +
                                   R"(","trigger":"rescue","promise":"free_shipping","channel":")" + channel +
                                   R"("})";
    return make_event(kTestNowMs - ago_ms, id, "track",
                      R"(,"userId":"u","event":")" + name + R"(","properties":)" + properties,
                      Trust::claimed);
  };
  const std::vector<TestEvent> hearsay{claim(kHourMs, "x", "Decision Delivered", "email"),
                                       claim(kHourMs, "y", "Email Bounced", "email"),
                                       claim(kHourMs, "z", "Decision Exposed", "web")};
  collector.take(hearsay);
  CHECK(json::parse(collector.document("userId", "u")).at("communications").size() == 2);
  collector.take({track(3 * kHourMs, "named", "Cart Updated", "{}")});
  const json read = json::parse(collector.document("userId", "u"));
  REQUIRE(read.at("communications").size() == 1);
  CHECK(read.at("communications").at(0).at("channel") == "web");
}
