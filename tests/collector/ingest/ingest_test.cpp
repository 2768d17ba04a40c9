#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "collector/ingest/ingest.hpp"
#include "collector/ingest/limits.hpp"
#include "collector/ingest/timestamp.hpp"
#include "collector/support/temp_directory.hpp"

using namespace desirepath::collector;
using desirepath::EventType;
using desirepath::collector::tests::TempDirectory;

namespace {

struct Room {
  TempDirectory directory;
  std::unique_ptr<Journal> journal = std::move(*Journal::open(directory.path()));
  Ingest ingest{*journal, [] { return std::int64_t{1'790'000'000'000}; }};

  IngestAnswer send(const std::string& body, Trust trust = Trust::claimed) {
    const auto envelope = Ingest::read(body, "", std::nullopt);
    REQUIRE_MESSAGE(envelope.has_value(), envelope.error().message);
    auto answer = ingest.accept(*envelope, Sender{"web", trust});
    REQUIRE(answer);
    return *answer;
  }
  std::vector<AcceptedEvent> stored() {
    std::vector<AcceptedEvent> events;
    const auto batches = journal->read_after(Cursor{}, 1'000);
    REQUIRE(batches);
    for (const auto& batch : *batches) {
      events.insert(events.end(), batch.batch.events.begin(), batch.batch.events.end());
    }
    return events;
  }
};

std::string event(const std::string& id, const std::string& more = "") {
  return R"({"type":"page","anonymousId":"a","messageId":")" + id + "\"" + (more.empty() ? "" : "," + more) +
         "}";
}

Error refuse(const std::string& body, std::optional<EventType> type = std::nullopt) {
  const auto envelope = Ingest::read(body, "", type);
  REQUIRE_FALSE(envelope.has_value());
  return envelope.error();
}

}  // namespace

TEST_CASE("ingest: one poisoned event is refused alone, wherever it stands") {
  for (const char* poison : {"{\"x\":NaN}", "{\"x\":1e999}", "{\"x\":\"\\ud800\"}", "{\"x\":\"\xff\"}", "7",
                             "null", "{\"x\":}", ""}) {
    for (std::size_t at = 0; at < 3; ++at) {
      Room room;
      std::string body = "{\"batch\":[";
      std::size_t good = 0;
      for (std::size_t i = 0; i < 3; ++i) {
        body += (i == 0 ? "" : ",") + (i == at ? std::string(poison) : event("m" + std::to_string(good++)));
      }
      const bool trailing_comma = std::string(poison).empty() && at == 2;
      body += "]}";
      CAPTURE(body);
      const IngestAnswer answer = room.send(body);
      CHECK(answer.accepted == 2);
      REQUIRE(answer.rejected.size() == 1);
      CHECK(answer.rejected[0].index == at);
      CHECK((trailing_comma || !answer.rejected[0].message.empty()));
      CHECK(room.stored().size() == 2);
    }
  }
}

TEST_CASE("ingest: what is stored carries its circumstance, and the cursor leads to it") {
  Room room;
  const IngestAnswer answer = room.send("{\"batch\":[" + event("m") + "]}", Trust::proved);
  const auto batches = room.journal->read_after(Cursor{answer.cursor.position - 1}, 10);
  REQUIRE(batches);
  REQUIRE(batches->size() == 1);
  CHECK(batches->front().cursor == answer.cursor);
  CHECK(batches->front().batch.source == "web");
  CHECK(batches->front().batch.trust == Trust::proved);
  CHECK(batches->front().batch.received_at_ms == 1'790'000'000'000);
  CHECK(batches->front().batch.events[0].message_id == "m");
}

TEST_CASE("ingest: copies are counted and stored; the fold keeps the first") {
  Room room;
  CHECK(room.send("{\"batch\":[" + event("m1") + "," + event("m2") + "]}").duplicates == 0);
  const IngestAnswer again =
      room.send("{\"batch\":[" + event("m1") + "," + event("m3") + "," + event("m3") + "]}");
  CHECK(again.accepted == 1);
  CHECK(again.duplicates == 2);
  CHECK(room.stored().size() == 5);
  // The same id from somebody else is another event.
  const std::string other = R"({"type":"page","anonymousId":"b","messageId":"m1"})";
  CHECK(room.send("{\"batch\":[" + other + "]}").duplicates == 0);
}

TEST_CASE("ingest: a batch of nothing good stores nothing and says so") {
  Room room;
  CHECK(room.send("{\"batch\":[]}").accepted == 0);
  CHECK(room.journal->head() == Cursor{});
  CHECK(room.send("{\"batch\":[{},1]}").rejected.size() == 2);
  CHECK(room.stored().empty());
}

TEST_CASE("ingest: what is rejected is kept with its reason, whole, and with an id of its own") {
  Room room;
  const std::string body =
      R"({"anonymousId":"a","context":{"locale":"de"},"sentAt":7,"batch":[)"
      R"({"type":"track","messageId":"m1","context":{"app":1}},7,{"x":},{"type":"page","messageId":5}]})";
  CHECK(room.send(body, Trust::proved).rejected.size() == 4);
  const auto batches = room.journal->read_after(Cursor{}, 10).value();
  REQUIRE(batches.size() == 1);
  const auto& rejected = batches[0].batch.rejected;
  REQUIRE(rejected.size() == 4);
  CHECK(batches[0].batch.trust == Trust::proved);
  CHECK(rejected[0].code == "bad_event_name");
  CHECK(rejected[0].event == "track");
  CHECK(rejected[0].message_id == "m1");
  CHECK(nlohmann::json::parse(rejected[0].json) ==
        nlohmann::json::parse(R"({"type":"track","messageId":"m1","context":{"app":1,"locale":"de"},)"
                              R"("anonymousId":"a","sentAt":7})"));
  CHECK(rejected[1].json == "7");
  CHECK(rejected[2].code == "not_json");
  CHECK(rejected[3].code == "bad_message_id");
  CHECK(rejected[3].message_id.size() == 25);
  CHECK(rejected[1].message_id != rejected[2].message_id);
}

TEST_CASE("ingest: a wrong clock is set right once and for all, and a retry gets the same time") {
  TempDirectory directory;
  const auto journal = std::move(*Journal::open(directory.path() / "journal"));
  std::int64_t now = parse_timestamp("2026-10-01T12:00:00Z").value();
  const auto book = std::move(*ClockBook::open(directory.path() / "clocks.db"));
  Ingest ingest(
      *journal, [&] { return now; }, IngestParts{{}, book.get(), nullptr});
  const auto time_of = [&](const std::string& event, const std::string& sent_at,
                           Trust trust = Trust::claimed) {
    const Cursor before = journal->head();
    const auto envelope =
        Ingest::read(R"({"sentAt":")" + sent_at + R"(","batch":[)" + event + "]}", "", std::nullopt);
    REQUIRE(ingest.accept(*envelope, Sender{"web", trust}));
    return nlohmann::json::parse(journal->read_after(before, 1).value()[0].batch.events[0].json);
  };
  // An hour and some seconds of network behind.
  const std::string at = R"("timestamp":"2026-10-01T10:59:00.123Z")";
  const auto first = time_of(event("m1", at), "2026-10-01T10:59:50Z");
  CHECK(first.at("timestamp") == "2026-10-01T11:59:00.123Z");
  CHECK(first.at("originalTimestamp") == "2026-10-01T10:59:00.123Z");
  // The retry takes three minutes longer: the same time, whatever the batch now says.
  now += 180'000;
  CHECK(time_of(event("m1", at), "2026-10-01T11:00:50Z").at("timestamp") == "2026-10-01T11:59:00.123Z");
  // Not off: as it is. A jump of the clock: by the first difference, and never later than receipt.
  CHECK(time_of(event("m2", R"("timestamp":"2026-10-01T12:01:00.000Z")"), "2026-10-01T12:02:00Z")
            .at("timestamp") == "2026-10-01T12:01:00.000Z");
  const auto jumped =
      time_of(event("m3", R"("timestamp":"2099-01-01T00:00:00.000Z")"), "2099-01-01T00:00:00Z");
  CHECK(jumped.at("timestamp") == "2026-10-01T12:03:00.000Z");
  CHECK(jumped.at("originalTimestamp") == "2099-01-01T00:00:00.000Z");
  // Another device that lives in 1970, and says so beside the event or in its context.
  const auto old = time_of(R"({"type":"page","anonymousId":"b","sentAt":600000,"timestamp":540000})", "x");
  CHECK(old.at("timestamp") == "2026-10-01T12:02:00.000Z");
  const auto nested = time_of(
      R"({"type":"page","anonymousId":"b","context":{"sentAt":"1970-01-01T00:20:00Z"},"timestamp":600000})",
      "x");
  CHECK(nested.at("timestamp") == "2026-10-01T12:03:00.000Z");
  // A server's clock is its own affair; nobody's device has none.
  CHECK(time_of(event("m4", at), "2026-10-01T10:59:50Z", Trust::proved).at("timestamp") ==
        "2026-10-01T10:59:00.123Z");
  CHECK(time_of(R"({"type":"page","userId":"u",)" + at + "}", "2026-10-01T10:59:50Z").at("timestamp") ==
        "2026-10-01T10:59:00.123Z");
}

TEST_CASE("ingest: a plan's verdicts: told, flagged, or kept back") {
  Room room;
  room.ingest.use_plan(TrackingPlan::read("p", R"({"plan":1,"events":{
      "W":{"schema":{"required":["x"]}}, "R":{"mode":"reject","schema":{"required":["x"]}}}})")
                           .value());
  const auto track = [](const std::string& name, const std::string& properties) {
    return R"({"type":"track","anonymousId":"a","event":")" + name + R"(","properties":)" + properties + "}";
  };
  const IngestAnswer answer = room.send("{\"batch\":[" + track("W", "{\"x\":1}") + "," + track("W", "{}") +
                                        "," + track("R", "{}") + "," + track("R", "{\"x\":1}") + "]}");
  CHECK(answer.accepted == 3);
  REQUIRE(answer.warnings.size() == 1);
  CHECK(answer.warnings[0].index == 1);
  CHECK(answer.warnings[0].field == "properties.x");
  REQUIRE(answer.rejected.size() == 1);
  CHECK(answer.rejected[0].index == 2);
  CHECK(answer.rejected[0].code == RejectCode::plan);
  CHECK(answer.rejected[0].field == "properties.x");
  const auto stored = room.stored();
  CHECK(stored[0].json.find("\"plan\"") == std::string::npos);
  CHECK(nlohmann::json::parse(stored[1].json).at("context").at("server").at("plan") ==
        answer.warnings[0].message);
  room.ingest.use_plan(nullptr);
  CHECK(room.send("{\"batch\":[" + track("R", "{}") + "]}").rejected.empty());
}

TEST_CASE("ingest: limits are the operator's") {
  TempDirectory directory;
  const auto journal = std::move(*Journal::open(directory.path() / "journal"));
  Ingest ingest(
      *journal, [] { return std::int64_t{1'790'000'000'000}; },
      IngestParts{IngestOptions{.event_bytes_max = 2'000}, nullptr, nullptr});
  const auto send = [&](std::size_t bytes) {
    const std::string text = event("m", R"("properties":{"x":")" + std::string(bytes, 'x') + "\"}");
    return ingest.accept(*Ingest::read("{\"batch\":[" + text + "]}", "", std::nullopt), Sender{"web"})
        .value();
  };
  const std::size_t around = event("m", R"("properties":{"x":""})").size();
  CHECK(send(2'000 - around).accepted == 1);
  REQUIRE(send(2'001 - around).rejected.size() == 1);
  CHECK(send(2'001 - around).rejected[0].code == RejectCode::too_large);
  const std::string body(3'000, ' ');
  CHECK(Ingest::read(body + "{\"batch\":[]}", "", std::nullopt, 2'000).error().code == ErrorCode::too_large);
}

TEST_CASE("ingest: bodies that are not what they should be") {
  CHECK(refuse("").code == ErrorCode::not_json);
  CHECK(refuse("nonsense").code == ErrorCode::not_json);
  CHECK(refuse("{\"batch\":[{}]").message.find("offset 13") != std::string::npos);
  CHECK(refuse("{\"batch\":[{},{],\"sentAt\":1}").code == ErrorCode::not_json);
  CHECK(refuse("{\"batch\":[" + event("m") + "],\"sentAt\":tru}").message.find("line 1") !=
        std::string::npos);
  CHECK(refuse("{\"batch\":[" + event("m") + "],\"sentAt\":1e999}").code == ErrorCode::not_json);
  CHECK(refuse("{\"batch\":[{]},{}]}").code == ErrorCode::not_json);  // nobody can say where an event ends
  CHECK(refuse("[]").code == ErrorCode::bad_request);
  CHECK(refuse("{}").field == "batch");
  CHECK(refuse("{\"batch\":{}}").field == "batch");
  CHECK(refuse("{\"batch\":null}").field == "batch");
  CHECK(refuse("{\"context\":[],\"batch\":[]}").field == "context");
  CHECK(refuse("{\"type\":", EventType::track).code == ErrorCode::not_json);
  std::string many = "{\"batch\":[1";
  for (std::size_t i = 0; i < kBatchEventsMax; ++i) many += ",1";
  CHECK(refuse(many + "]}").code == ErrorCode::too_large);
}

TEST_CASE("ingest: the place of a mistake behind the batch is that in the whole text") {
  const std::string before = "{\"batch\":[" + event("m", "\"x\":NaN") + "],\"sentAt\":";
  CHECK(refuse(before + "tru}").message.find("(offset " + std::to_string(before.size()) + ")") !=
        std::string::npos);
}

TEST_CASE("ingest: depth bombs cost nothing but their event") {
  Room room;
  const std::string bomb = "{\"x\":" + std::string(16'000, '[') + std::string(16'000, ']') + "}";
  const IngestAnswer answer = room.send("{\"batch\":[" + bomb + "," + event("m") + "]}");
  CHECK(answer.accepted == 1);
  REQUIRE(answer.rejected.size() == 1);
  CHECK(answer.rejected[0].code == RejectCode::too_deep);
  CHECK(refuse("{\"batch\":[" + std::string(400'000, '[')).code == ErrorCode::not_json);
}

TEST_CASE("ingest: the write key of a body is told") {
  CHECK(Ingest::read(R"({"writeKey":"dpw_x","batch":[]})", "", std::nullopt)->write_key == "dpw_x");
  CHECK(Ingest::read(R"({"writeKey":"dpw_x","event":"E"})", "", EventType::track)->write_key == "dpw_x");
  CHECK(Ingest::read(R"({"writeKey":7,"batch":[]})", "", std::nullopt)->write_key.empty());
}

TEST_CASE("ingest: recent events are forgotten in the order of their coming") {
  RecentEvents recent(7);
  std::vector<std::uint64_t> keys;
  for (std::size_t i = 0; i < kRecentEventsMax * 3; ++i) keys.push_back(recent.key("s", std::to_string(i)));
  recent.add(keys);
  CHECK(recent.count_known(std::span(keys).first(kRecentEventsMax)) == 0);
  CHECK(recent.count_known(std::span(keys).last(kRecentEventsMax)) == kRecentEventsMax);
  const std::uint64_t fresh = recent.key("other", "1");
  CHECK(recent.count_known(std::vector{fresh, fresh, fresh}) == 2);
}
