#include "collector/fold/fold.hpp"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>

#include "collector/fold/fold_batch.hpp"
#include "collector/fold/folded_event.hpp"
#include "collector/fold/journey_log.hpp"
#include "collector/fold/limits.hpp"
#include "collector/ingest/tagged_json.hpp"
#include "collector/profile/decision_line.hpp"

namespace desirepath::collector {

class Fold::Worker {
 public:
  Worker(Journal& journal, ProfileStore& store, Journeys& journeys, FoldOptions options)
      : journal_(journal), session_(store.writer()), journeys_(journeys), options_(std::move(options)) {
    if (auto stored = session_.cursor()) cursor_ = {*stored};
  }
  ~Worker() { stop(); }

  Result<void> start() {
    const std::lock_guard lock(work_);
    if (auto done = adopt(); !done) return done;
    stopping_ = false;
    thread_ = std::thread([this] { run(); });
    return {};
  }

  void stop() {
    {
      const std::lock_guard lock(progress_);
      stopping_ = true;
    }
    progressed_.notify_all();
    if (thread_.joinable()) thread_.join();
  }

  Result<FoldCounters> run_until_caught_up() {
    const std::lock_guard lock(work_);
    while (true) {
      auto worked = work_once();
      if (!worked) return tl::unexpected(worked.error());
      if (!*worked) return counters();
    }
  }

  Result<void> cut(const Identifier& one, const Identifier& other) {
    const std::lock_guard lock(work_);
    if (auto done = adopt(); !done) return done;
    NodeId nodes[2] = {};
    for (int i = 0; i < 2; ++i) {
      const Identifier& identifier = i == 0 ? one : other;
      auto found = session_.identities().find(identifier);
      if (!found) return tl::unexpected(found.error());
      if (!*found) return failure(ErrorCode::not_found, to_string(identifier) + " was never seen");
      nodes[i] = **found;
    }
    return transaction([&]() -> Result<void> { return batch_->cut(nodes[0], nodes[1], moment()); });
  }

  Cursor cursor() const {
    const std::lock_guard lock(progress_);
    return cursor_;
  }

  bool wait_for(Cursor cursor, std::chrono::milliseconds timeout) {
    std::unique_lock lock(progress_);
    return progressed_.wait_for(lock, timeout, [&] { return cursor_ >= cursor; });
  }

  void observe(std::function<void(const FoldedEvent&)> watcher) { watcher_ = std::move(watcher); }

  FoldCounters counters() const {
    const std::lock_guard lock(progress_);
    return counters_;
  }

 private:
  void run() {
    while (!is_stopping()) {
      Result<bool> worked = false;
      {
        const std::lock_guard lock(work_);
        worked = work_once();
      }
      if (!worked) {
        if (options_.report_error) options_.report_error(worked.error());
        std::unique_lock lock(progress_);
        progressed_.wait_for(lock, kFoldRetry, [&] { return stopping_; });
      } else if (!*worked) {
        journal_.wait_beyond(cursor(), idle_time());
      }
    }
  }

  bool is_stopping() const {
    const std::lock_guard lock(progress_);
    return stopping_;
  }

  std::chrono::milliseconds idle_time() const {
    const std::int64_t left_ms =
        next_wake_ms_ == kNoWake ? kFoldIdle.count() : next_wake_ms_ - options_.now_ms();
    return std::chrono::milliseconds(std::clamp<std::int64_t>(left_ms, 1, kFoldIdle.count()));
  }

  // One transaction of whatever is to do; false when nothing is.
  Result<bool> work_once() {
    if (auto done = adopt(); !done) return tl::unexpected(done.error());
    auto batches = journal_.read_after(cursor(), kFoldBatchesMax);
    if (!batches) return tl::unexpected(batches.error());
    if (!batches->empty()) {
      std::size_t at = 0;
      while (at < batches->size()) {
        auto done = fold_some(*batches, at);
        if (!done) return tl::unexpected(done.error());
      }
      return true;
    }
    if (next_wake_ms_ <= options_.now_ms()) {
      return sweep([&] { return batch_->wake_due(moment()); });
    }
    if (others_left_) {
      auto worked = sweep([&] { return batch_->refold_others(moment()); });
      if (worked && !*worked) others_left_ = false;
      return worked;
    }
    return false;
  }

  FoldMoment moment() const { return {options_.now_ms(), position_}; }

  // Takes up a new set of journeys.
  Result<void> adopt() {
    auto current = journeys_.current();
    if (batch_ && current == adopted_) return {};
    if (auto done = session_.begin(); !done) return done;
    auto done = adopt_in_transaction(current);
    if (done) done = session_.commit();
    if (!done) {
      session_.rollback();
      batch_.reset();
      return done;
    }
    adopted_ = std::move(current);
    others_left_ = true;
    publish();
    return {};
  }

  Result<void> adopt_in_transaction(const std::shared_ptr<const JourneySet>& set) {
    if (auto done = advance_position(); !done) return done;
    auto horizon = adopt_journeys(session_, *set, options_.now_ms());
    if (!horizon) return tl::unexpected(horizon.error());
    batch_ = std::make_unique<FoldBatch>(session_, set, *horizon);
    const std::string rules = set->identifiers.fingerprint();
    auto before = session_.setting("identifier_rules");
    if (!before) return tl::unexpected(before.error());
    if (*before != rules) {
      if (auto done = session_.set_setting("identifier_rules", rules); !done) return done;
      if (!before->empty()) {
        if (auto done = rebuild(set, *horizon); !done) return done;
        // No news to a watcher: all of it has happened before.
        (void)batch_->take_kept();
        (void)batch_->take_news();
      }
    }
    return note_next_wake();
  }

  // Identity by new rules: every event is folded anew.
  Result<void> rebuild(const std::shared_ptr<const JourneySet>& set, DecisionHorizon horizon) {
    for (auto& [journey, since_ms] : horizon.since_ms) since_ms = INT64_MIN;
    batch_ = std::make_unique<FoldBatch>(session_, set, std::move(horizon));
    if (auto done = session_.set_aside(); !done) return done;
    bool more = true;
    while (more) {
      std::vector<StoredEvent> events;
      while (more && events.size() < kFoldEventsMax) {
        auto chunk = session_.next_set_aside();
        if (!chunk) return tl::unexpected(chunk.error());
        more = chunk->has_value();
        if (more) std::move((*chunk)->begin(), (*chunk)->end(), std::back_inserter(events));
      }
      auto folded = batch_->fold(std::move(events), {options_.now_ms(), position_, false});
      if (!folded) return tl::unexpected(folded.error());
    }
    return {};
  }

  // Folds batches from `at` on, about kFoldEventsMax events, and moves `at` past them.
  Result<void> fold_some(std::vector<JournaledBatch>& batches, std::size_t& at) {
    const auto began = std::chrono::steady_clock::now();
    std::vector<StoredEvent> events;
    std::vector<const AcceptedBatch*> with_rejected;
    std::uint64_t refused = 0;
    std::uint64_t rejected_lost = 0;
    Cursor reached = cursor();
    while (at < batches.size() && events.size() < kFoldEventsMax) {
      JournaledBatch& next = batches[at++];
      for (AcceptedEvent& accepted : next.batch.events) {
        auto tree = tagged_from_json(accepted.json);
        if (!tree) {
          ++refused;
          if (options_.report_error) options_.report_error(tree.error());
          continue;
        }
        events.push_back({accepted.timestamp_ms, next.batch.received_at_ms, 0, std::move(accepted.message_id),
                          next.batch.source, next.batch.trust, *std::move(tree), std::move(accepted.json)});
      }
      if (!next.batch.rejected.empty() || !next.batch.marks.empty()) with_rejected.push_back(&next.batch);
      reached = next.cursor;
    }
    BatchCounts counts;
    auto done = transaction([&]() -> Result<void> {
      auto folded = batch_->fold(std::move(events), moment());
      if (!folded) return tl::unexpected(folded.error());
      counts = *folded;
      for (const AcceptedBatch* batch : with_rejected) {
        if (auto kept = session_.rejected().keep(*batch); !kept) return kept;
      }
      if (!with_rejected.empty()) {
        auto lost = session_.rejected().prune(options_.rejected, options_.now_ms());
        if (!lost) return tl::unexpected(lost.error());
        rejected_lost = *lost;
      }
      return session_.set_cursor(reached.position);
    });
    if (!done) return done;
    {
      const std::lock_guard lock(progress_);
      cursor_ = reached;
      counters_.events += counts.events;
      counters_.duplicates += counts.duplicates;
      counters_.differing_copies += counts.differing_copies;
      counters_.refused += refused;
      counters_.rejected_lost += rejected_lost;
      counters_.busy_ns += static_cast<std::uint64_t>((std::chrono::steady_clock::now() - began).count());
    }
    progressed_.notify_all();
    publish();
    return journal_.release(reached);
  }

  template <typename Work>
  Result<bool> sweep(Work work) {
    std::size_t count = 0;
    auto done = transaction([&]() -> Result<void> {
      auto swept = work();
      if (!swept) return tl::unexpected(swept.error());
      count = *swept;
      return {};
    });
    if (!done) return tl::unexpected(done.error());
    publish();
    return count > 0;
  }

  // Gives this transaction its place in the store's history.
  Result<void> advance_position() {
    auto last = session_.position();
    if (!last) return tl::unexpected(last.error());
    position_ = *last + 1;
    return session_.set_position(position_);
  }

  template <typename Work>
  Result<void> transaction(Work work) {
    if (auto done = session_.begin(); !done) return done;
    Result<void> done = advance_position();
    if (done) done = work();
    if (done) done = session_.commit();
    if (!done) {
      session_.rollback();
      batch_->forget();
      return done;
    }
    {
      const std::lock_guard lock(progress_);
      ++counters_.transactions;
      counters_.profiles_refolded = batch_->refolded();
      counters_.decisions = batch_->decided();
    }
    return note_next_wake();
  }

  Result<void> note_next_wake() {
    auto next = session_.profiles().next_wake_ms();
    if (!next) return tl::unexpected(next.error());
    next_wake_ms_ = *next;
    return {};
  }

  void publish() {
    const std::vector<ProfileNews> news = batch_->take_news();
    if (!watcher_) return;
    const std::uint64_t position = cursor().position;
    const auto name_of = [&](NodeId profile) -> std::string {
      if (profile == 0) return {};
      auto id = batch_->public_id_of(profile);
      return id ? *id : std::string{};
    };
    for (const KeptEvent& kept : batch_->take_kept()) {
      watcher_({FoldedEvent::Kind::event, position, folded_event_json(name_of(kept.profile), *kept.event)});
    }
    for (const ProfileNews& item : news) {
      const std::string profile = name_of(item.profile);
      for (const StageMoveRecord& move : item.log.moves) {
        watcher_({FoldedEvent::Kind::stage, position, folded_stage_json(profile, move)});
      }
      for (const DecisionRecord& decision : item.log.decisions) {
        watcher_({FoldedEvent::Kind::decision, position, decision_line(profile, decision)});
      }
    }
  }

  Journal& journal_;
  ProfileSession& session_;
  Journeys& journeys_;
  FoldOptions options_;
  std::function<void(const FoldedEvent&)> watcher_;

  std::mutex work_;  // held while a transaction is made
  std::shared_ptr<const JourneySet> adopted_;
  std::unique_ptr<FoldBatch> batch_;
  std::uint64_t position_ = 0;  // of the transaction at hand
  std::atomic<std::int64_t> next_wake_ms_ = kNoWake;
  bool others_left_ = false;

  mutable std::mutex progress_;
  std::condition_variable progressed_;
  Cursor cursor_;
  FoldCounters counters_;
  bool stopping_ = false;
  std::thread thread_;
};

Fold::Fold(Journal& journal, ProfileStore& store, Journeys& journeys, FoldOptions options)
    : worker_(std::make_unique<Worker>(journal, store, journeys, std::move(options))) {}
Fold::~Fold() = default;

Result<void> Fold::start() {
  return worker_->start();
}
void Fold::stop() {
  worker_->stop();
}
Result<FoldCounters> Fold::run_until_caught_up() {
  return worker_->run_until_caught_up();
}
Result<void> Fold::cut(const Identifier& one, const Identifier& other) {
  return worker_->cut(one, other);
}
Cursor Fold::cursor() const {
  return worker_->cursor();
}
bool Fold::wait_for(Cursor cursor, std::chrono::milliseconds timeout) {
  return worker_->wait_for(cursor, timeout);
}
void Fold::observe(std::function<void(const FoldedEvent&)> watcher) {
  worker_->observe(std::move(watcher));
}
FoldCounters Fold::counters() const {
  return worker_->counters();
}

}  // namespace desirepath::collector
