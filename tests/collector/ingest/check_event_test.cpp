#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "collector/ingest/check_event.hpp"
#include "collector/ingest/limits.hpp"
#include "collector/ingest/timestamp.hpp"

using namespace desirepath::collector;
using desirepath::EventType;

namespace {

constexpr std::int64_t kReceivedMs = 1'790'000'000'000;

EventCircumstance circumstance() {
  EventCircumstance here;
  here.received_at_ms = kReceivedMs;
  return here;
}

nlohmann::json accept(const std::string& json, const EventCircumstance& here = circumstance()) {
  const auto checked = read_event(json, here);
  REQUIRE_MESSAGE(checked.has_value(), json << ": " << checked.error().message);
  auto event = nlohmann::json::parse(checked->event.json);
  CHECK(event.at("messageId") == checked->event.message_id);
  CHECK(event.at("timestamp") == format_timestamp(checked->event.timestamp_ms));
  CHECK(event.contains("type"));
  return event;
}

RejectCode refuse(const std::string& json, const EventCircumstance& here = circumstance()) {
  const auto checked = read_event(json, here);
  REQUIRE_MESSAGE(!checked.has_value(), json);
  CHECK_FALSE(checked.error().message.empty());
  return checked.error().code;
}

std::string track(const std::string& more) {
  return R"({"type":"track","event":"E","anonymousId":"a")" + (more.empty() ? "" : "," + more) + "}";
}

std::string nested(int depth) {
  std::string value = "1";
  for (int i = 0; i < depth; ++i) value = "[" + value + "]";
  return value;
}

}  // namespace

TEST_CASE("check event: a whole event stays as it was written") {
  const std::string json =
      R"({"type":"track","event":"E","userId":"u","messageId":"m","timestamp":"2026-01-02T03:04:05.678Z","properties":{"a":[1.50]}})";
  CHECK(read_event(json, circumstance())->event.json == json);
}

TEST_CASE("check event: types and what each needs") {
  CHECK(refuse(R"({"event":"E","userId":"u"})") == RejectCode::bad_type);
  CHECK(refuse(R"({"type":"Track","event":"E","userId":"u"})") == RejectCode::bad_type);
  CHECK(refuse(R"({"type":5,"event":"E","userId":"u"})") == RejectCode::bad_type);
  CHECK(refuse(R"({"type":"track","userId":"u"})") == RejectCode::bad_event_name);
  CHECK(refuse(R"({"type":"track","event":"","userId":"u"})") == RejectCode::bad_event_name);
  CHECK(refuse(R"({"type":"track","event":{},"userId":"u"})") == RejectCode::bad_event_name);
  CHECK(refuse(R"({"type":"track","event":"a\u0000b","userId":"u"})") == RejectCode::bad_event_name);
  accept(R"({"type":"track","event":")" + std::string(kEventNameBytesMax, 'e') + R"(","userId":"u"})");
  CHECK(refuse(R"({"type":"track","event":")" + std::string(kEventNameBytesMax + 1, 'e') +
               R"(","userId":"u"})") == RejectCode::bad_event_name);
  accept(R"({"type":"page","anonymousId":"a"})");
  accept(R"({"type":"screen","anonymousId":"a","name":"Home"})");
  accept(R"({"type":"identify","userId":"u","traits":{"a":1}})");
  CHECK(refuse(R"({"type":"group","userId":"u"})") == RejectCode::missing_id);
  accept(R"({"type":"group","userId":"u","groupId":"g"})");
  CHECK(refuse(R"({"type":"alias","userId":"u"})") == RejectCode::missing_id);
  accept(R"({"type":"alias","userId":"u","previousId":"p"})");
}

TEST_CASE("check event: the path's type counts more than the event's") {
  EventCircumstance here = circumstance();
  here.type = EventType::page;
  CHECK(accept(R"({"anonymousId":"a"})", here).at("type") == "page");
  CHECK(accept(R"({"type":"track","anonymousId":"a"})", here).at("type") == "page");
}

TEST_CASE("check event: an identify that has its traits in the context has them") {
  CHECK(accept(R"({"type":"identify","userId":"u","context":{"traits":{"a":1}}})").at("traits").at("a") == 1);
  CHECK(accept(R"({"type":"identify","userId":"u","traits":{"a":2},"context":{"traits":{"a":1}}})")
            .at("traits")
            .at("a") == 2);
  CHECK_FALSE(accept(R"({"type":"page","userId":"u","context":{"traits":{"a":1}}})").contains("traits"));
  CHECK_FALSE(accept(R"({"type":"identify","userId":"u","context":{"traits":7}})").contains("traits"));
}

TEST_CASE("check event: ids") {
  CHECK(refuse(R"({"type":"page"})") == RejectCode::missing_id);
  CHECK(refuse(R"({"type":"page","userId":null,"anonymousId":""})") == RejectCode::missing_id);
  CHECK(refuse(R"({"type":"page","userId":true})") == RejectCode::bad_id);
  CHECK(refuse(R"({"type":"page","userId":1.5})") == RejectCode::bad_id);
  CHECK(refuse(R"({"type":"page","userId":["u"]})") == RejectCode::bad_id);
  CHECK(refuse(R"({"type":"page","userId":"a\nb"})") == RejectCode::bad_id);
  CHECK(accept(R"({"type":"page","userId":42})").at("userId") == 42);
  CHECK(read_event(R"({"type":"page","userId":42})", circumstance())->stream == "42");
  CHECK(read_event(R"({"type":"page","userId":"u","anonymousId":"a"})", circumstance())->stream == "a");
  accept(R"({"type":"page","userId":")" + std::string(256, 'u') + "\"}");
  CHECK(refuse(R"({"type":"page","userId":")" + std::string(257, 'u') + "\"}") == RejectCode::bad_id);
}

TEST_CASE("check event: messageIds are kept, or minted where there is none") {
  CHECK(accept(track(R"("messageId":"m\u0041")")).at("messageId") == "mA");
  const std::string minted = accept(track("")).at("messageId");
  CHECK(minted.size() == 25);
  CHECK(accept(track("")).at("messageId") != minted);
  CHECK(accept(track(R"("messageId":null)")).at("messageId").get<std::string>().size() == 25);
  accept(track(R"("messageId":")" + std::string(128, 'm') + "\""));
  CHECK(refuse(track(R"("messageId":")" + std::string(129, 'm') + "\"")) == RejectCode::bad_message_id);
  CHECK(refuse(track(R"("messageId":7)")) == RejectCode::bad_message_id);
}

TEST_CASE("check event: timestamps in both forms become one, later ones the receipt's") {
  CHECK(accept(track(R"("timestamp":"2026-01-02 03:04")")).at("timestamp") == "2026-01-02T03:04:00.000Z");
  CHECK(accept(track(R"("timestamp":"2026-01-02T03:04:05.6789+01:00")")).at("timestamp") ==
        "2026-01-02T02:04:05.678Z");
  CHECK(accept(track(R"("timestamp":1789999999999)")).at("timestamp") == format_timestamp(1'789'999'999'999));
  CHECK(accept(track("")).at("timestamp") == format_timestamp(kReceivedMs));
  CHECK(accept(track(R"("originalTimestamp":"2026-01-02T03:04:05Z")")).at("timestamp") ==
        "2026-01-02T03:04:05.000Z");
  const auto future = accept(track(R"("timestamp":"2099-01-01T00:00:00Z")"));
  CHECK(future.at("timestamp") == format_timestamp(kReceivedMs));
  CHECK(future.at("originalTimestamp") == "2099-01-01T00:00:00Z");
  for (const char* bad : {"\"yesterday\"", "\"2026-13-01T00:00:00Z\"", "\"2026-02-30T00:00:00Z\"", "-1", "{}",
                          "true", "1e300", "\"\"", "\"1969-12-31T23:59:59Z\""}) {
    CAPTURE(bad);
    CHECK(refuse(track(std::string("\"timestamp\":") + bad)) == RejectCode::bad_timestamp);
  }
}

TEST_CASE("check event: members that must be objects are") {
  for (const char* name : {"properties", "traits", "context", "integrations"}) {
    CAPTURE(name);
    CHECK(refuse(track('"' + std::string(name) + "\":[]")) == RejectCode::bad_member);
    CHECK(refuse(track('"' + std::string(name) + "\":\"x\"")) == RejectCode::bad_member);
    accept(track('"' + std::string(name) + "\":null"));
    accept(track('"' + std::string(name) + "\":{}"));
  }
}

TEST_CASE("check event: size and depth, at the limit and one past it") {
  const std::size_t around = track("\"x\":\"\"").size();
  accept(track("\"x\":\"" + std::string(kEventJsonBytesMax - around, 'x') + "\""));
  CHECK(refuse(track("\"x\":\"" + std::string(kEventJsonBytesMax - around + 1, 'x') + "\"")) ==
        RejectCode::too_large);
  accept(track("\"x\":" + nested(15)));
  CHECK(refuse(track("\"x\":" + nested(16))) == RejectCode::too_deep);
  CHECK(refuse(track("\"x\":" + nested(5'000))) == RejectCode::too_deep);
}

TEST_CASE("check event: poison is refused with a reason") {
  for (const char* poison : {"\"x\":NaN", "\"x\":1e999", "\"x\":\"\\ud800\"", "\"x\":\"\xff\"",
                             "\"x\":\"\xc0\x80\"", "\"x\":01", "\"x\":'y'", "\"x\":\"a\nb\"", "\"x\""}) {
    CAPTURE(poison);
    CHECK(refuse(track(poison)) == RejectCode::not_json);
  }
  CHECK(refuse("7") == RejectCode::not_an_object);
  CHECK(refuse("[]") == RejectCode::not_an_object);
  CHECK(refuse("") == RejectCode::not_json);
  // More than 64 bits is a number like any other, as in JavaScript.
  accept(track("\"x\":18446744073709551616"));
}

TEST_CASE("check event: of a repeated member the last one counts, under any spelling") {
  const auto event = accept(
      R"({"type":"page","anonymousId":"a","messageId":"1","messageI\u0064":"2","timestamp":1,"timestamp":2000})");
  CHECK(event.at("messageId") == "2");
  CHECK(event.at("timestamp") == "1970-01-01T00:00:02.000Z");
}

TEST_CASE("check event: keys never get stored, and neither do line breaks") {
  const auto checked =
      read_event("{\"type\":\"page\",\r\n\"writeKey\":\"dpw\",\"anonymousId\":\"a\"\n}", circumstance());
  REQUIRE(checked);
  CHECK(checked->event.json.find("dpw") == std::string::npos);
  CHECK(checked->event.json.find_first_of("\r\n") == std::string::npos);
}

TEST_CASE("check event: what the batch shares fills what the event does not say") {
  SharedMembers shared;
  const std::string context = R"({"page":{"url":"shared"},"locale":"de"})";
  shared.anonymous_id = "\"sa\"";
  shared.user_id = "\"su\"";
  shared.context = context;
  shared.context_members = *cut_object(context);
  EventCircumstance here = circumstance();
  here.shared = &shared;
  const auto filled = accept(R"({"type":"page"})", here);
  CHECK(filled.at("anonymousId") == "sa");
  CHECK(filled.at("userId") == "su");
  CHECK(filled.at("context") == nlohmann::json::parse(context));
  const auto own =
      accept(R"({"type":"page","userId":null,"anonymousId":"own","context":{"page":{"path":"/"}}})", here);
  CHECK(own.at("anonymousId") == "own");
  CHECK(own.at("userId").is_null());
  CHECK(own.at("context") == nlohmann::json::parse(R"({"page":{"path":"/"},"locale":"de"})"));
  CHECK(accept(R"({"type":"page","context":{}})", here).at("context") == nlohmann::json::parse(context));
  CHECK(accept(R"({"type":"page","context":null})", here).at("context").is_null());
}
