#include "collector/rejected/rejected_desk.hpp"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "collector/fold/fold.hpp"
#include "collector/http/running_collector.hpp"

using namespace desirepath::collector;
using namespace desirepath::collector::tests;
using nlohmann::json;

namespace {

constexpr std::int64_t kNow = 1'790'000'000'000;
constexpr const char* kPlan = R"({"plan":1,"mode":"reject","events":{"E":{"schema":{"required":["x"]}}}})";

// A directory that processes open and leave, by choice before its journal is folded.
class Directory {
 public:
  struct Open {
    std::unique_ptr<Journal> journal;
    std::unique_ptr<ProfileStore> store;
    std::unique_ptr<Journeys> journeys = std::make_unique<Journeys>();
    std::unique_ptr<Fold> fold;
    std::unique_ptr<Ingest> ingest;

    Result<void> catch_up() const {
      auto folded = fold->run_until_caught_up();
      if (!folded) return tl::unexpected(folded.error());
      return {};
    }
    RejectedDesk desk() {
      return {*journal, *ingest, *store, [this] { return catch_up(); }, [] { return kNow + 9; }};
    }
    IngestAnswer send(const std::string& events) {
      const auto envelope = Ingest::read("{\"batch\":[" + events + "]}", "", std::nullopt);
      return ingest->accept(*envelope, Sender{"web"}).value();
    }
    std::uint64_t events_of(const std::string& anonymous_id) {
      REQUIRE(catch_up());
      auto snapshot = store->snapshot();
      const auto profile = find_profile(**snapshot, "anonymousId", anonymous_id);
      return profile ? events_of_profile(**snapshot, *profile, false).value().size() : 0;
    }
  };
  Open open(const char* plan = kPlan) {
    Open open;
    open.journal = std::move(*Journal::open(directory_.path() / "journal"));
    open.store = std::move(*ProfileStore::open(directory_.path() / "profiles.db"));
    FoldOptions options;
    options.now_ms = [] { return kNow; };
    open.fold = std::make_unique<Fold>(*open.journal, *open.store, *open.journeys, std::move(options));
    open.ingest = std::make_unique<Ingest>(*open.journal, [] { return kNow; });
    if (plan != nullptr) open.ingest->use_plan(TrackingPlan::read("p", plan).value());
    return open;
  }

 private:
  TempDirectory directory_;
};

constexpr const char* kBad = R"({"type":"track","event":"E","anonymousId":"a"})";

}  // namespace

TEST_CASE("rejected desk: mended and replayed once, however often it is tried") {
  Directory directory;
  auto open = directory.open();
  REQUIRE(open.send(kBad).rejected.size() == 1);
  REQUIRE(open.catch_up());
  auto desk = open.desk();
  // As it is, it is still wrong, and stays.
  const auto still = desk.replay({{1, ""}}).value();
  REQUIRE(still.rejected.size() == 1);
  CHECK(still.rejected[0].id == 1);
  CHECK(still.rejected[0].why.field == "properties.x");
  CHECK(open.events_of("a") == 0);
  const std::string mended = R"({"type":"track","event":"E","anonymousId":"a","properties":{"x":1}})";
  const auto first = desk.replay({{1, mended}, {1, mended}, {99, ""}}).value();
  CHECK(first.replayed == std::vector<std::int64_t>{1});
  CHECK(first.skipped == std::vector<std::int64_t>{99});
  CHECK(open.events_of("a") == 1);
  const auto again = desk.replay({{1, R"({"type":"page","anonymousId":"b"})"}}).value();
  CHECK(again.skipped == std::vector<std::int64_t>{1});
  CHECK(open.events_of("a") == 1);
  CHECK(open.events_of("b") == 0);
}

TEST_CASE("rejected desk: a crash between the replay and its fold loses nothing and doubles nothing") {
  Directory directory;
  {
    auto open = directory.open();
    open.send(kBad);
    REQUIRE(open.catch_up());
    REQUIRE(
        open.desk().replay({{1, R"({"type":"track","event":"E","anonymousId":"a","properties":{"x":1}})"}}));
    // Ends here with the replay in the journal alone.
  }
  auto open = directory.open();
  const auto again =
      open.desk().replay({{1, R"({"type":"track","event":"E","anonymousId":"c","properties":{"x":2}})"}});
  CHECK(again.value().skipped == std::vector<std::int64_t>{1});
  CHECK(open.events_of("a") == 1);
  CHECK(open.events_of("c") == 0);
}

TEST_CASE("rejected desk: a replay has the receipt, source and messageId of the first try") {
  Directory directory;
  auto open = directory.open(nullptr);
  const Cursor before = open.journal->head();
  open.send(R"({"type":"track","anonymousId":"a"},{"type":"page","anonymousId":"a","messageId":7})");
  const auto rejected = open.journal->read_after(before, 1).value()[0].batch.rejected;
  REQUIRE(open.catch_up());
  const Cursor folded = open.journal->head();
  const std::vector<ReplayWish> wishes = {
      {1, R"({"type":"track","event":"E","anonymousId":"a","messageId":"other"})"},
      {2, R"({"type":"page","anonymousId":"a"})"}};
  REQUIRE(open.desk().replay(wishes).value().replayed.size() == 2);
  const auto batches = open.journal->read_after(folded, 10).value();
  REQUIRE(batches.size() == 1);
  CHECK(batches[0].batch.received_at_ms == kNow);
  CHECK(batches[0].batch.source == "web");
  REQUIRE(batches[0].batch.events.size() == 2);
  for (std::size_t i = 0; i < 2; ++i) {
    CHECK(batches[0].batch.events[i].message_id == rejected[i].message_id);
    CHECK(json::parse(batches[0].batch.events[i].json).at("messageId") == rejected[i].message_id);
  }
}

TEST_CASE("rejected desk: over HTTP, by keys that may") {
  RunningCollector collector;
  const json answer =
      collector.send(R"({"batch":[{"type":"track","anonymousId":"a","messageId":"m1"},"\u00e4"]})");
  REQUIRE(answer.at("rejected").size() == 2);
  const std::string after = "?wait=10000&after=" + answer.at("cursor").get<std::string>();
  const std::string reader = collector.bearer(collector.viewer);
  const std::string server = collector.bearer(collector.secret);
  CHECK(code_of(get(collector.port, "/v1/rejected", collector.bearer(collector.write))) == "forbidden");
  CHECK(code_of(get(collector.port, "/v1/rejected")) == "unauthorized");
  const json listed = json::parse(get(collector.port, "/v1/rejected" + after, reader).body);
  REQUIRE(listed.at("rejected").size() == 2);
  CHECK(listed.at("next").is_null());
  json first = listed.at("rejected")[0];
  CHECK(first.at("code") == "bad_event_name");
  CHECK(first.at("event").at("messageId") == "m1");
  const json one = json::parse(get(collector.port, "/v1/rejected?limit=1", reader).body);
  CHECK(one.at("next") == 1);
  CHECK(json::parse(get(collector.port, "/v1/rejected?from=1&code=not_an_object", reader).body)
            .at("rejected")
            .size() == 1);
  CHECK(json::parse(get(collector.port, "/v1/rejected?since=2099-01-01T00:00:00Z", reader).body)
            .at("rejected")
            .empty());
  first["event"]["event"] = "E";
  const std::string body = json{{"events", {first}}, {"ids", {2}}}.dump();
  CHECK(code_of(post(collector.port, "/v1/rejected/replay", body, reader)) == "forbidden");
  const json replayed = json::parse(post(collector.port, "/v1/rejected/replay", body, server).body);
  CHECK(replayed.at("replayed") == json{1});
  CHECK(replayed.at("rejected")[0].at("id") == 2);
  CHECK(replayed.at("rejected")[0].at("code") == "not_an_object");
  const std::string seen = "?wait=10000&after=" + replayed.at("cursor").get<std::string>();
  CHECK(get(collector.port, "/v1/profiles/anonymousId:a" + seen, server).status == 200);
  CHECK(json::parse(post(collector.port, "/v1/rejected/discard", R"({"ids":[2,3]})", server).body)
            .at("discarded") == 1);
  CHECK(json::parse(get(collector.port, "/v1/rejected?all", reader).body)
            .at("rejected")[0]
            .contains("replayedAt"));
  for (const char* wrong : {"", "[]", "{}", R"({"ids":["x"]})", R"({"events":[{"id":1}]})",
                            R"({"events":[{"event":{}}]})", R"({"ids":7})"}) {
    CAPTURE(wrong);
    CHECK(post(collector.port, "/v1/rejected/replay", wrong, server).status == 400);
  }
  const std::string deep = "{\"events\":[{\"id\":1,\"event\":" + std::string(100'000, '[');
  CHECK(post(collector.port, "/v1/rejected/replay", deep, server).status == 400);
}
