#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "collector/ingest/ingest.hpp"
#include "collector/ingest/limits.hpp"
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
  CHECK(room.send("{\"batch\":[{},1]}").rejected.size() == 2);
  CHECK(room.journal->head() == Cursor{});
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
