#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "collector/http/running_collector.hpp"
#include "collector/receipt/receipt_event.hpp"

using namespace desirepath::collector;
using namespace desirepath::collector::tests;
using nlohmann::json;

namespace {

constexpr const char* kJourney = R"journey({
  "schema": "desirepath/journey/1", "journey": "shop", "version": 1,
  "identifiers": { "email": { "trait": "email" } },
  "channels": { "email": {} },
  "triggers": [{ "id": "cart_rescue", "owner": "crm", "event": "Cart Updated", "purpose": "cart_reminder",
                 "promise": "free_shipping", "cap": { "times": 1, "per": "7d" },
                 "do": [{ "channel": "email" }] }] })journey";

struct Reader {
  Journeys journeys;
  Reader() {
    const JourneySource source{"shop.journey.json", kJourney};
    const auto mistakes = journeys.load_sources(std::span(&source, 1));
    REQUIRE_MESSAGE(mistakes.empty(), mistakes.front());
  }
  tl::expected<std::string, EventMistake> read(const std::string& receipt) {
    const auto find = [](std::string_view type,
                         std::string_view value) -> Result<std::optional<KnownPerson>> {
      if (type == "email" && value == "ann@example.com") return KnownPerson{"ann", ""};
      return std::nullopt;
    };
    auto event = receipt_event(receipt, *journeys.current(), find);
    REQUIRE(event);
    return *event;
  }
  json event(const std::string& receipt) {
    const auto event = read(receipt);
    REQUIRE_MESSAGE(event.has_value(), event.error().message);
    return json::parse(*event);
  }
  std::string field(const std::string& receipt) {
    const auto event = read(receipt);
    REQUIRE_FALSE(event.has_value());
    CHECK(event.error().code == RejectCode::bad_receipt);
    return event.error().field;
  }
};

}  // namespace

TEST_CASE("receipts: a decision's receipt is its fact, with all the engine counts by") {
  Reader reader;
  CHECK(reader.event(R"({"outcome":"delivered","decisionId":"m~1~cart_rescue~email","userId":"ann",)"
                     R"("timestamp":"2026-09-01T00:00:00Z","reason":"250 OK"})") ==
        json::parse(R"({"type":"track","event":"Decision Delivered","userId":"ann",
          "messageId":"m~1~cart_rescue~email~delivered","timestamp":"2026-09-01T00:00:00Z",
          "properties":{"decisionId":"m~1~cart_rescue~email","trigger":"cart_rescue","purpose":"cart_reminder",
                        "promise":"free_shipping","channel":"email","reason":"250 OK"}})"));
  CHECK(reader.event(R"({"outcome":"failed","decisionId":"m~cart_rescue~email","anonymousId":"a"})")
            .at("event") == "Decision Released");
  CHECK(reader.event(R"({"outcome":"exposed","decisionId":"m~gone~web","anonymousId":"a","purpose":"own"})")
            .at("properties")
            .at("purpose") == "own");
  const std::string longest = std::string(120, 'm') + "~cart_rescue~email";
  const std::string receipt = R"({"outcome":"exposed","userId":"u","decisionId":")" + longest + "\"}";
  const std::string id = reader.event(receipt).at("messageId");
  CHECK(id.size() <= 128);
  CHECK(reader.event(receipt).at("messageId") == id);
}

TEST_CASE("receipts: another system's message has a channel, and a person we know") {
  Reader reader;
  const json event = reader.event(R"({"outcome":"delivered","channel":"email","purpose":"cart_reminder",
    "sender":"newsletter","messageId":"n-17","identifier":"email:ann@example.com"})");
  CHECK(event.at("userId") == "ann");
  CHECK(event.at("messageId") == "n-17");
  CHECK(event.at("properties") ==
        json{{"channel", "email"}, {"purpose", "cart_reminder"}, {"sender", "newsletter"}});
  CHECK(reader.field(R"({"outcome":"delivered","channel":"email","identifier":"email:bob@example.com"})") ==
        "identifier");
}

TEST_CASE("receipts: what is none is told by the member at fault") {
  Reader reader;
  CHECK(reader.field("7").empty());
  CHECK(reader.field(R"({"outcome":"opened","channel":"email","userId":"u"})") == "outcome");
  CHECK(reader.field(R"({"outcome":"delivered","userId":"u"})") == "channel");
  CHECK(reader.field(R"({"outcome":"failed","channel":"email","userId":"u"})") == "decisionId");
  for (const char* id : {"m", "m~t", "~t~c", "m~~c", "m~t~"}) {
    CAPTURE(id);
    CHECK(reader.field(R"({"outcome":"delivered","userId":"u","decisionId":")" + std::string(id) + "\"}") ==
          "decisionId");
  }
  CHECK(reader.field(R"({"outcome":"delivered","userId":"u","decisionId":"m~t~web","channel":"email"})") ==
        "channel");
  CHECK(reader.field(R"({"outcome":"delivered","channel":"email"})") == "identifier");
  CHECK(reader.field(R"({"outcome":"delivered","channel":"email","userId":7})") == "userId");
  CHECK(reader.field(R"({"outcome":"delivered","chanel":"email","userId":"u"})") == "chanel");
  CHECK(reader.field(R"({"outcome":"delivered","userId":"u","channel":")" + std::string(1'025, 'c') +
                     "\"}") == "channel");
}

TEST_CASE("receipts: over HTTP, by servers alone, and once") {
  RunningCollector collector;
  const std::string server = collector.bearer(collector.secret);
  const std::string body = R"({"receipts":[
    {"outcome":"delivered","decisionId":"m~guide~web","userId":"ann"},
    {"outcome":"delivered","userId":"ann"},
    {"outcome":"delivered","channel":"email","purpose":"news","messageId":"n","userId":""},
    {"outcome":"delivered","channel":"email","purpose":"news","messageId":"n","userId":"ann","timestamp":"soon"}]})";
  CHECK(code_of(post(collector.port, "/v1/receipts", body, collector.bearer(collector.write))) ==
        "forbidden");
  CHECK(code_of(post(collector.port, "/v1/receipts", body)) == "unauthorized");
  const json first = json::parse(post(collector.port, "/v1/receipts", body, server).body);
  CHECK(first.at("accepted") == 1);
  REQUIRE(first.at("rejected").size() == 3);
  CHECK(first.at("rejected")[0].at("index") == 1);
  CHECK(first.at("rejected")[1].at("code") == "bad_receipt");
  CHECK(first.at("rejected")[2].at("index") == 3);
  CHECK(first.at("rejected")[2].at("code") == "bad_timestamp");
  const json again =
      json::parse(post(collector.port, "/v1/receipts",
                       R"({"outcome":"delivered","decisionId":"m~guide~web","userId":"ann"})", server)
                      .body);
  CHECK(again.at("duplicates") == 1);
  CHECK(code_of(post(collector.port, "/v1/receipts", "{", server)) == "not_json");
  CHECK(code_of(post(collector.port, "/v1/receipts", "[]", server)) == "bad_request");
  CHECK(code_of(post(collector.port, "/v1/receipts", R"({"receipts":7})", server)) == "bad_request");
  const json events = json::parse(
      get(collector.port,
          "/v1/profiles/userId:ann/events?wait=10000&after=" + again.at("cursor").get<std::string>(), server)
          .body);
  CHECK(events.dump().find("Decision Delivered") != std::string::npos);
}
