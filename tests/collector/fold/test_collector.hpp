// A journal, a profile store and a fold in a directory of their own, as the collector wires them.
#pragma once

#include <doctest/doctest.h>

#include <unistd.h>
#include <atomic>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "collector/export/export_run.hpp"
#include "collector/fold/fold.hpp"
#include "collector/fold/journeys.hpp"
#include "collector/fold/replay_engines.hpp"
#include "collector/ingest/timestamp.hpp"
#include "collector/journal/journal.hpp"
#include "collector/profile/profile_store.hpp"
#include "collector/reading/profile_document.hpp"

namespace desirepath::collector::testing {

class TemporaryDirectory {
 public:
  TemporaryDirectory() {
    static std::atomic<int> number = 0;
    path_ = std::filesystem::temp_directory_path() /
            ("desirepath-fold-" + std::to_string(::getpid()) + "-" + std::to_string(number++));
    std::filesystem::create_directories(path_);
  }
  ~TemporaryDirectory() { std::filesystem::remove_all(path_); }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

// When the tests' lives begin; and long after all of them.
inline constexpr std::int64_t kStartMs = 1'700'000'000'000;
inline constexpr std::int64_t kMinuteMs = 60'000;
inline constexpr std::int64_t kTestNowMs = 1'800'000'000'000;

inline const char* kTestJourney = R"json({
  "schema": "desirepath/journey/1", "journey": "test", "version": 1,
  "identifiers": { "email": { "trait": "email", "normalize": "lowercase", "unique": true },
                   "loyalty": { "trait": "loyalty_id", "priority": 5, "trusted_sources_only": true } },
  "behaviors": { "viewed": { "event": "Product Viewed" },
                 "recent": { "event": "Product Viewed", "within": "1h" },
                 "spent": { "event": "Order Completed", "sum": "properties.revenue" },
                 "ordered": { "event": "Order Completed" } },
  "audiences": { "keen": { "behaviors.viewed": { "$gte": 3 } } },
  "stages": [
    { "id": "look", "owner": "product", "intent": "look around", "enter": { "event": "Product Viewed" },
      "touchpoints": [ "Product Viewed" ],
      "kpis": [ { "id": "look_to_cart", "formula": "conversion(look, cart, 14d)", "target": 0.1 } ] },
    { "id": "cart", "owner": "product", "intent": "gather", "enter": { "event": "Cart Updated" },
      "touchpoints": [ "Cart Updated" ],
      "kpis": [ { "id": "cart_to_bought", "formula": "conversion(cart, bought, 14d)", "target": 0.1 } ] },
    { "id": "bought", "owner": "crm", "intent": "own it", "enter": { "event": "Order Completed" },
      "touchpoints": [ "Order Completed" ],
      "kpis": [ { "id": "bought_again", "formula": "conversion(bought, look, 14d)", "target": 0.1 } ] } ],
  "triggers": [
    { "id": "third_look", "owner": "product", "purpose": "guide", "event": "Product Viewed",
      "when": { "behaviors.viewed": { "$gte": 3 } },
      "do": [ { "channel": "web", "slot": "hero", "content": { "headline": "Need help?" } } ],
      "cap": { "times": 1, "per": "1d" }, "priority": 10, "outcome": { "behavior": "ordered", "within": "3d" } },
    { "id": "cart_rescue", "owner": "crm", "purpose": "cart", "after": { "event": "Cart Updated" },
      "absent": { "event": "Order Completed" }, "for": "30m", "when": { "stage": "cart" },
      "do": [ { "channel": "web", "slot": "hero", "content": { "headline": "Still thinking?" } } ],
      "cap": { "times": 1, "per": "7d" }, "priority": 80, "outcome": { "behavior": "ordered", "within": "3d" } } ]
})json";

struct TestEvent {
  std::int64_t timestamp_ms;
  std::string message_id;
  std::string json;
  Trust trust = Trust::claimed;
};

// An event from its variable parts; `rest` are further members, beginning with a comma.
inline TestEvent make_event(std::int64_t time_ms, const std::string& id, const std::string& type,
                            const std::string& rest, Trust trust = Trust::claimed) {
  return {time_ms, id,
          "{\"type\":\"" + type + "\",\"messageId\":\"" + id + "\",\"timestamp\":\"" +
              format_timestamp(time_ms) + "\"" + rest + "}",
          trust};
}

// A device's event, so many minutes after kStartMs.
inline TestEvent track_device(int minute, const std::string& id, const std::string& name,
                              const std::string& device) {
  return make_event(kStartMs + minute * kMinuteMs, id, "track",
                    ",\"event\":\"" + name + "\",\"anonymousId\":\"" + device + "\"");
}

class TestCollector {
 public:
  explicit TestCollector(const std::string& journey = kTestJourney) {
    auto opened = Journal::open(directory_.path() / "journal");
    REQUIRE(opened);
    journal = *std::move(opened);
    if (!journey.empty()) {
      const auto mistakes = journeys.load_sources(std::vector<JourneySource>{{"test.json", journey}});
      for (const auto& mistake : mistakes) MESSAGE(mistake);
      REQUIRE(mistakes.empty());
    }
    reopen();
  }

  FoldOptions fold_options() {
    FoldOptions options;
    options.now_ms = [this] { return now_ms; };
    options.refolds = refolds;
    options.rebuild_events_max = rebuild_events_max;
    options.retention = retention;
    if (transaction_bytes_max != 0) {
      options.transaction_bytes_max = transaction_bytes_max;
      options.portion_batches_max = 1;
    }
    if (in_slices) options.slice_bytes_max = options.portion_batches_max = 1;
    return options;
  }

  // As after a restart.
  void reopen() {
    fold.reset();
    store.reset();
    auto opened = ProfileStore::open(directory_.path() / "profiles.db");
    REQUIRE(opened);
    store = *std::move(opened);
    fold = std::make_unique<Fold>(*journal, *store, journeys, fold_options());
  }

  Cursor append(const std::vector<TestEvent>& events) {
    Cursor last;
    for (const Trust trust : {Trust::claimed, Trust::proved}) {
      AcceptedBatch batch{now_ms, "test", trust, {}};
      for (const TestEvent& event : events) {
        if (event.trust == trust) batch.events.push_back({event.timestamp_ms, event.message_id, event.json});
      }
      if (batch.events.empty()) continue;
      auto appended = journal->append(batch);
      REQUIRE(appended);
      last = *appended;
    }
    return last;
  }
  FoldCounters run() {
    auto done = fold->run_until_caught_up();
    if (!done) FAIL(done.error().message);
    return *done;
  }
  FoldCounters take(const std::vector<TestEvent>& events) {
    append(events);
    return run();
  }

  std::string profiles(ExportFormat format = ExportFormat::jsonl) {
    return exported(ExportSubject::profiles, format);
  }
  std::string events(ExportFormat format = ExportFormat::jsonl) {
    return exported(ExportSubject::events, format);
  }
  std::string decisions(ExportFormat format = ExportFormat::jsonl) {
    return exported(ExportSubject::decisions, format);
  }
  struct Exported {
    std::string text;
    std::string cursor;
  };
  Exported exported(const ExportOptions& options) {
    Exported out;
    auto run = ExportRun::begin(*store, journeys.current(), options);
    if (!run) FAIL(run.error().message);
    auto cursor = write_export(**run, [&](std::string_view piece) -> Result<void> {
      out.text += piece;
      return {};
    });
    if (!cursor) FAIL(cursor.error().message);
    out.cursor = *cursor;
    return out;
  }
  // What holds now: without what was retracted, and without how often it was revised.
  std::string standing_decisions() {
    std::string standing;
    std::string line;
    for (const char c : decisions()) {
      line += c;
      if (c != '\n') continue;
      const std::size_t revision = line.find(",\"revision\":");
      if (line.find("\"retracted\":true") == std::string::npos) standing += line.substr(0, revision) + "}\n";
      line.clear();
    }
    return standing;
  }
  // Everything the promise is about.
  std::string everything() { return profiles() + events() + standing_decisions(); }

  std::string document(const std::string& type, const std::string& value) {
    auto json = profile_json(*store, engines, type, value, now_ms);
    return json ? *json : json.error().message;
  }

  FoldCounters counters() { return fold->counters(); }
  const std::filesystem::path& path() const { return directory_.path(); }

  std::int64_t now_ms = kTestNowMs;
  std::chrono::milliseconds retention{0};  // from the next `reopen` on
  std::size_t transaction_bytes_max = 0;   // where set, from the next `reopen` on, batch by batch
  bool in_slices = false;                  // from the next `reopen` on, many batches of one transaction
  std::size_t rebuild_events_max = kRebuildEventsMax;
  RefoldBounds refolds{};  // from the next `reopen` on
  std::unique_ptr<Journal> journal;
  Journeys journeys;
  ReplayEngines engines{journeys};
  std::unique_ptr<ProfileStore> store;
  std::unique_ptr<Fold> fold;

 private:
  std::string exported(ExportSubject subject, ExportFormat format) {
    ExportOptions options;
    options.subject = subject;
    options.format = format;
    return exported(options).text;
  }
  TemporaryDirectory directory_;
};

}  // namespace desirepath::collector::testing
