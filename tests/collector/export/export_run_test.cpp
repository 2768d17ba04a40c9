// Exports by condition and by cursor, and what a long one tells while the store changes under it.
#include "collector/export/export_run.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <nlohmann/json.hpp>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "collector/fold/test_collector.hpp"
#include "collector/profile/event_walk.hpp"
#include "collector/store/connection.hpp"

using namespace desirepath::collector;
using namespace desirepath::collector::testing;
using nlohmann::json;

namespace {

std::vector<json> lines_of(const std::string& text) {
  std::vector<json> lines;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t end = text.find('\n', at);
    lines.push_back(json::parse(text.substr(at, end - at)));
    at = end + 1;
  }
  return lines;
}

ExportOptions options_of(ExportSubject subject, std::string after = {}, std::string where = {}) {
  ExportOptions options;
  options.subject = subject;
  options.after = std::move(after);
  options.where = std::move(where);
  return options;
}

// What a reader of exports that follow each other has of one subject.
struct Reader {
  ExportSubject subject;
  std::string where;
  std::string cursor = "x0";
  std::map<std::string, std::string> known{};
  std::size_t told = 0;

  void read(TestCollector& collector) {
    const auto exported = collector.exported(options_of(subject, cursor, where));
    for (json& line : lines_of(exported.text)) take(line);
    cursor = exported.cursor;
  }
  void take(const json& line) {
    ++told;
    std::string key = subject == ExportSubject::profiles ? line.at("profile").get<std::string>()
                      : subject == ExportSubject::events
                          ? line.value("anonymousId", line.value("userId", "")) + "/" +
                                line.at("messageId").get<std::string>()
                          : line.at("decisionId").get<std::string>() + "/" + line.value("slot", "");
    if (line.contains("gone")) {
      known.erase(key);
      return;
    }
    if (subject == ExportSubject::events) REQUIRE_MESSAGE(!known.contains(key), "told twice: " << key);
    known[key] = line.dump();
  }
};

// A history of devices and people: visits, logins, late and repeated events, waits that run out, cuts.
class History {
 public:
  History(TestCollector& collector, std::uint32_t seed) : collector_(collector), random_(seed) {
    collector_.now_ms = kStartMs;
  }
  void go_on() {
    collector_.now_ms += below(20) * kMinuteMs;
    std::vector<TestEvent> batch;
    for (int i = 0, count = below(8); i < count; ++i) batch.push_back(event());
    if (!batch.empty() && below(4) == 0) batch.push_back(batch.front());
    collector_.append(batch);
    collector_.run();
    if (below(12) == 0) {
      (void)collector_.fold->cut({"anonymousId", "d" + std::to_string(below(6))},
                                 {"userId", "u" + std::to_string(below(4))});
      collector_.run();
    }
  }

 private:
  int below(int bound) { return static_cast<int>(random_() % static_cast<std::uint32_t>(bound)); }
  TestEvent event() {
    const std::int64_t time_ms = collector_.now_ms - (below(5) == 0 ? below(300) : below(3)) * kMinuteMs;
    const std::string id = "m" + std::to_string(number_++);
    const std::string device = ",\"anonymousId\":\"d" + std::to_string(below(6)) + "\"";
    const std::string user = ",\"userId\":\"u" + std::to_string(below(4)) + "\"";
    switch (below(7)) {
      case 0:
        return make_event(time_ms, id, "identify",
                          device + user + ",\"traits\":{\"plan\":" + std::to_string(below(3)) + "}");
      case 1: return make_event(time_ms, id, "track", ",\"event\":\"Cart Updated\"" + user);
      case 2:
        return make_event(time_ms, id, "track",
                          ",\"event\":\"Order Completed\"" + device + ",\"properties\":{\"revenue\":5}");
      case 3: return make_event(time_ms, id, "track", ",\"event\":\"Cart Updated\"" + device);
      case 4: return make_event(time_ms, id, "page", "");
      default: return make_event(time_ms, id, "track", ",\"event\":\"Product Viewed\"" + device);
    }
  }

  TestCollector& collector_;
  std::mt19937 random_;
  int number_ = 0;
};

std::map<std::string, std::string> whole(TestCollector& collector, ExportSubject subject,
                                         const std::string& where) {
  Reader reader{subject, where};
  reader.cursor.clear();
  reader.read(collector);
  return reader.known;
}

}  // namespace

TEST_CASE("export by cursor: exports that follow each other come to what one whole export says") {
  for (std::uint32_t seed = 1; seed <= 12; ++seed) {
    CAPTURE(seed);
    TestCollector collector;
    History history(collector, seed);
    std::vector<Reader> readers = {
        {ExportSubject::profiles, ""},
        {ExportSubject::profiles, R"({"behaviors.viewed":{"$gte":2},"traits.plan":{"$ne":1}})"},
        {ExportSubject::events, ""},
        {ExportSubject::events, R"({"event":"Cart Updated"})"},
        {ExportSubject::decisions, ""},
        {ExportSubject::decisions, R"({"outcome":"fired","retracted":{"$exists":false}})"}};
    for (int round = 0; round < 25; ++round) {
      history.go_on();
      if (round % 3 == 2) {
        for (Reader& reader : readers) reader.read(collector);
      }
      if (round == 12) collector.reopen();
    }
    for (Reader& reader : readers) {
      CAPTURE(reader.where);
      reader.read(collector);
      REQUIRE(reader.known == whole(collector, reader.subject, reader.where));
      const std::size_t told = reader.told;
      reader.read(collector);
      CHECK(reader.told == told);
    }
  }
}

TEST_CASE("export over many snapshots: each event known at the beginning once, whatever merges meanwhile") {
  for (std::uint32_t seed = 1; seed <= 8; ++seed) {
    CAPTURE(seed);
    TestCollector collector;
    History history(collector, seed);
    for (int round = 0; round < 20; ++round) history.go_on();
    std::set<std::string> before;
    for (const json& line : lines_of(collector.events())) before.insert(line.at("messageId"));

    ExportOptions options = options_of(ExportSubject::events);
    // Each line sees another store.
    options.snapshot_age_max = std::chrono::seconds(0);
    options.piece_bytes = 1;
    auto run = ExportRun::begin(*collector.store, collector.journeys.current(), options);
    REQUIRE(run);
    std::string text;
    std::string piece;
    int pieces = 0;
    for (bool more = true; more; ++pieces) {
      if (pieces % 8 == 0) history.go_on();
      piece.clear();
      auto next = (*run)->next(piece);
      REQUIRE(next);
      more = *next;
      text += piece;
    }
    std::multiset<std::string> told;
    for (const json& line : lines_of(text)) told.insert(line.at("messageId"));
    CHECK(told == std::multiset<std::string>(before.begin(), before.end()));
  }
}

TEST_CASE("export where: the condition reads the exported line") {
  TestCollector collector;
  const auto viewed = [](const std::string& id, const std::string& who) {
    return make_event(kStartMs, id, "track", ",\"event\":\"Product Viewed\",\"userId\":\"" + who + "\"");
  };
  collector.take({viewed("m1", "a"), viewed("m2", "a"), viewed("m3", "a"), viewed("m4", "b")});
  const auto count = [&](ExportSubject subject, const std::string& where) {
    return lines_of(collector.exported(options_of(subject, {}, where)).text).size();
  };
  CHECK(count(ExportSubject::profiles, R"({"audiences.keen":true})") == 1);
  CHECK(count(ExportSubject::profiles, R"({"audiences.keen":false})") == 1);
  CHECK(count(ExportSubject::profiles, R"({"identifiers":{"$elemMatch":{"value":"b"}}})") == 1);
  CHECK(count(ExportSubject::events, R"({"userId":"a"})") == 3);
  CHECK(count(ExportSubject::decisions, R"({"trigger":"third_look","outcome":"fired"})") == 1);
  ExportOptions csv = options_of(ExportSubject::events, {}, R"({"userId":"b"})");
  csv.format = ExportFormat::csv;
  CHECK(collector.exported(csv).text.find(",m4,") != std::string::npos);
  CHECK(collector.exported(csv).text.find(",m1,") == std::string::npos);
  const auto refused = [&](const ExportOptions& options) {
    auto run = ExportRun::begin(*collector.store, collector.journeys.current(), options);
    REQUIRE_FALSE(run);
    return run.error();
  };
  CHECK(refused(options_of(ExportSubject::profiles, {}, R"({"audiences.kean":true})")).message ==
        "where:1:2: error: unknown audience 'kean' (did you mean 'keen'?)");
  CHECK(refused(options_of(ExportSubject::profiles, "42")).field == "after");
  CHECK(refused(options_of(ExportSubject::profiles, "x99999")).message.find("ahead of this store") !=
        std::string::npos);
  CHECK(refused(options_of(ExportSubject::profiles, "x1y")).field == "after");
}

TEST_CASE("export by cursor: of a profile that goes on only what is new is told") {
  TestCollector collector;
  const auto cart = [](std::int64_t after_ms, const std::string& id) {
    return make_event(kStartMs + after_ms, id, "track", R"(,"event":"Cart Updated","userId":"u")");
  };
  for (const ExportSubject subject : {ExportSubject::events, ExportSubject::decisions}) {
    CAPTURE(static_cast<int>(subject));
    const std::string part = std::to_string(static_cast<int>(subject));
    collector.take({cart(1'000, "early" + part)});
    const auto first = collector.exported(options_of(subject, "x0"));
    CHECK(first.text.find("early" + part) != std::string::npos);
    collector.take({cart(1'000 * kMinuteMs, "later" + part)});
    const auto second = collector.exported(options_of(subject, first.cursor));
    CHECK(second.text.find("later" + part) != std::string::npos);
    CHECK(second.text.find("early" + part) == std::string::npos);
  }
}

TEST_CASE("export by cursor: a merge and a CSV reader") {
  TestCollector collector;
  const auto device = [](const std::string& id, const std::string& name) {
    return make_event(kStartMs, id, "page", ",\"anonymousId\":\"" + name + "\"");
  };
  collector.take({device("m1", "d1"), device("m2", "d2")});
  const auto first = collector.exported(options_of(ExportSubject::profiles, "x0"));
  CHECK(lines_of(first.text).size() == 2);
  collector.take({make_event(kStartMs, "m3", "identify", R"(,"anonymousId":"d1","userId":"u")")});
  const std::string into = public_id({"userId", "u"});
  const auto second = collector.exported(options_of(ExportSubject::profiles, first.cursor));
  const auto lines = lines_of(second.text);
  REQUIRE(lines.size() == 2);
  CHECK(lines[0].at("profile") == into);
  CHECK(lines[1] ==
        json({{"profile", public_id({"anonymousId", "d1"})}, {"gone", "merged"}, {"into", into}}));
  ExportOptions csv = options_of(ExportSubject::profiles, first.cursor);
  csv.format = ExportFormat::csv;
  const std::string text = collector.exported(csv).text;
  CHECK(text.find(",scores,gone,into\r\n") != std::string::npos);
  CHECK(text.find(public_id({"anonymousId", "d1"}) + ",,,,,,,,,,,,merged," + into + "\r\n") !=
        std::string::npos);
  CHECK(lines_of(collector.exported(options_of(ExportSubject::profiles, second.cursor)).text).empty());
}

TEST_CASE("an event walk is the profile's events in order, from anywhere") {
  TestCollector collector;
  std::mt19937 random(3);
  for (int batch = 0; batch < 30; ++batch) {
    std::vector<TestEvent> events;
    for (int i = 0; i < 40; ++i) {
      const int number = batch * 40 + i;
      events.push_back(make_event(kStartMs + static_cast<std::int64_t>(random() % 5'000) * kMinuteMs,
                                  "m" + std::to_string(number), "page",
                                  R"(,"userId":"u","anonymousId":"d)" + std::to_string(random() % 3) + "\"",
                                  random() % 2 == 0 ? Trust::proved : Trust::claimed));
    }
    collector.take(events);
  }
  auto snapshot = collector.store->snapshot();
  REQUIRE(snapshot);
  const auto id = find_profile(**snapshot, "userId", "u");
  const auto all = events_of_profile(**snapshot, *id, true);
  REQUIRE(all);
  REQUIRE(all->size() == 1200);
  const auto strands = strands_of_profile(**snapshot, *id);
  for (const std::size_t from : {std::size_t{0}, std::size_t{1}, std::size_t{600}, all->size()}) {
    EventWalkOptions options;
    options.with_json = true;
    if (from > 0) options.after = (*all)[from - 1].order;
    auto walk = EventWalk::begin(**snapshot, *strands, options);
    REQUIRE(walk);
    for (std::size_t at = from; at < all->size(); ++at) {
      const auto next = walk->next();
      REQUIRE(next);
      REQUIRE(*next != nullptr);
      REQUIRE((*next)->order == (*all)[at].order);
      REQUIRE((*next)->event.json == (*all)[at].event.json);
    }
    CHECK(*walk->next() == nullptr);
  }
}

TEST_CASE("an export lets go of what it has read: the write-ahead log can be written back meanwhile") {
  // Frames of the log that cannot be written back because a reader may still need what was before them.
  const auto frames_held = [](const TestCollector& collector) {
    auto connection = Connection::open(collector.path() / "profiles.db");
    REQUIRE(connection);
    auto checkpoint = connection->prepare("PRAGMA wal_checkpoint(PASSIVE)");
    REQUIRE(checkpoint);
    REQUIRE(checkpoint->step());
    return checkpoint->integer(1) - checkpoint->integer(2);
  };
  for (const auto age : {std::chrono::steady_clock::duration::zero(),
                         std::chrono::steady_clock::duration(std::chrono::hours(1))}) {
    TestCollector collector;
    std::vector<TestEvent> events;
    for (int i = 0; i < 40; ++i)
      events.push_back(track_device(i, "m" + std::to_string(i), "Product Viewed", "d" + std::to_string(i)));
    collector.take(events);
    ExportOptions options = options_of(ExportSubject::events);
    options.snapshot_age_max = age;
    options.piece_bytes = 1;
    auto run = ExportRun::begin(*collector.store, collector.journeys.current(), options);
    REQUIRE(run);
    std::int64_t held_most = 0;
    for (int i = 0; i < 30; ++i) {
      collector.take({track_device(100 + i, "n" + std::to_string(i), "Product Viewed", "other")});
      std::string piece;
      REQUIRE((*run)->next(piece));
      held_most = std::max(held_most, frames_held(collector));
    }
    const bool is_held_long = age > std::chrono::steady_clock::duration::zero();
    CHECK((held_most > 0) == is_held_long);
  }
}
