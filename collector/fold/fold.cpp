#include "collector/fold/fold.hpp"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>

#include "collector/fold/fold_batch.hpp"
#include "collector/fold/folded_event.hpp"
#include "collector/fold/journal_reader.hpp"
#include "collector/fold/journey_log.hpp"
#include "collector/fold/limits.hpp"
#include "collector/fold/wake_clock.hpp"
#include "collector/profile/decision_line.hpp"
#include "collector/profile/store_rebuild.hpp"

namespace desirepath::collector {
namespace {

constexpr std::string_view kSuppressedUpTo = "suppressed_up_to";

// The strand up to which a rebuild has recalled who is who.
constexpr std::string_view kRecalledUpTo = "rebuild_recalled_up_to";
constexpr std::string_view kRecalledAll = "all";

}  // namespace

class Fold::Worker {
 public:
  Worker(Journal& journal, ProfileStore& store, Journeys& journeys, FoldOptions options)
      : journal_(journal),
        store_(store),
        session_(store.writer()),
        tombstones_(store.tombstones()),
        journeys_(journeys),
        options_(std::move(options)) {
    if (auto stored = session_.cursor()) taken_ = cursor_ = {*stored};
    if (auto unfinished = session_.erasures().unfinished(); unfinished && *unfinished) {
      traces_up_to_ = Cursor{**unfinished};
    }
    if (auto up_to = session_.setting(kSuppressedUpTo); up_to && !up_to->empty()) suppressed_up_to_ = 0;
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
      if (worked && !*worked) worked = refold_due(INT64_MAX);
      if (!worked) return tl::unexpected(worked.error());
      if (!*worked) return counters();
    }
  }

  Result<void> cut(const Identifier& one, const Identifier& other) {
    const std::lock_guard lock(work_);
    if (auto done = adopt_wholly(); !done) return done;
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

  Result<bool> refold_waiting(std::optional<NodeId> profile, std::chrono::milliseconds timeout) {
    const auto deadline = std::chrono::steady_clock::now() + timeout;
    while (counters().refolds_waiting > 0) {
      const std::lock_guard lock(work_);
      if (auto done = adopt(); !done) return tl::unexpected(done.error());
      if (rebuild_) return false;
      if (profile) {
        auto done = transaction([&] { return batch_->refold_if_waiting(*profile, moment()); });
        if (!done) return tl::unexpected(done.error());
        publish();
        return true;
      }
      if (auto done = refold_due(INT64_MAX); !done) return done;
      if (std::chrono::steady_clock::now() >= deadline) return counters().refolds_waiting == 0;
    }
    return true;
  }

  Result<ErasedPerson> erase(const Identifier& identifier) {
    const std::lock_guard lock(work_);
    const Cursor head = journal_.head();
    while (cursor() < head) {
      if (auto worked = work_once(); !worked) return tl::unexpected(worked.error());
    }
    if (auto done = adopt_wholly(); !done) return tl::unexpected(done.error());
    const std::int64_t now_ms = options_.now_ms();
    ErasedPerson person;
    std::vector<KeyedHash> tombstones;
    auto done = transaction([&]() -> Result<void> {
      auto erased = batch_->erase(identifier, moment(), tombstones);
      if (!erased) return tl::unexpected(erased.error());
      person = *erased;
      for (const KeyedHash& hash : tombstones) {
        if (auto added = session_.erasures().add_tombstone(hash, now_ms); !added) return added;
      }
      return session_.erasures().set_unfinished(head.position);
    });
    if (!done) return tl::unexpected(done.error());
    for (const KeyedHash& hash : tombstones) tombstones_.add(hash, now_ms);
    traces_up_to_ = head;
    batch_->forget();
    publish();
    return person;
  }

  Result<void> suppress(const std::vector<Suppression>& entries) {
    {
      const std::lock_guard lock(work_);
      if (auto done = adopt(); !done) return done;
      auto done = transaction([&]() -> Result<void> {
        for (const Suppression& entry : entries) {
          if (auto added = session_.suppressions().add(entry); !added) return added;
        }
        return session_.set_setting(kSuppressedUpTo, "0");
      });
      if (!done) return done;
      suppressed_up_to_ = 0;
    }
    while (true) {
      const std::lock_guard lock(work_);
      if (rebuild_) return {};  // nothing acts before it is done
      auto stopped = stop_suppressed_next();
      if (!stopped) return tl::unexpected(stopped.error());
      if (!*stopped) return {};
    }
  }

  Result<std::uint64_t> unsuppress(const Identifier& identifier, const std::optional<std::string>& channel) {
    const std::lock_guard lock(work_);
    if (auto done = adopt(); !done) return tl::unexpected(done.error());
    std::uint64_t removed = 0;
    auto done = transaction([&]() -> Result<void> {
      auto gone = session_.suppressions().remove(identifier, channel);
      if (!gone) return tl::unexpected(gone.error());
      removed = *gone;
      return {};
    });
    if (!done) return tl::unexpected(done.error());
    return removed;
  }

  Result<bool> finish_erasures(std::chrono::milliseconds timeout) {
    const auto deadline = std::chrono::steady_clock::now() + timeout;
    while (true) {
      {
        const std::lock_guard lock(work_);
        auto finished = try_finish_erasures();
        if (!finished || *finished) return finished;
      }
      if (std::chrono::steady_clock::now() >= deadline) return false;
      std::this_thread::sleep_for(kErasureRetry);
    }
  }

  Cursor cursor() const {
    const std::lock_guard lock(progress_);
    return cursor_;
  }

  bool wait_for(Cursor cursor, std::chrono::milliseconds timeout) {
    std::unique_lock lock(progress_);
    return progressed_.wait_for(lock, timeout, [&] { return cursor_ >= cursor; });
  }

  void observe(std::function<void(const FoldedEvent&)> watcher, std::function<bool()> is_watched) {
    watcher_ = std::move(watcher);
    is_watched_ = std::move(is_watched);
  }

  FoldCounters counters() const {
    const std::lock_guard lock(progress_);
    return counters_;
  }

 private:
  enum class SweepPart : std::uint8_t { events, decisions, others, done };
  struct Sweep {
    std::int64_t horizon_ms;
    SweepPart part;
    std::int64_t after;  // strand or profile id gone through
    Forgotten forgotten;
  };

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

  std::chrono::milliseconds idle_time() {
    std::int64_t left_ms = next_wake_ms_ == kNoWake ? kFoldIdle.count() : next_wake_ms_ - due_ms();
    if (next_refold_ms_ != kNoWake) left_ms = std::min(left_ms, next_refold_ms_ - options_.now_ms());
    return std::chrono::milliseconds(std::clamp<std::int64_t>(left_ms, 1, kFoldIdle.count()));
  }

  // What there is to do, a transaction each: new events, then wake-ups and refolds that are due, then
  // profiles that other journeys have made. None starves another. False when nothing was to do.
  Result<bool> work_once() {
    if (auto done = adopt(); !done) return tl::unexpected(done.error());
    if (rebuild_) return rebuild_next();
    auto folded = fold_next();
    if (!folded) return folded;
    if (traces_up_to_ && (!*folded || std::chrono::steady_clock::now() >= finish_at_)) {
      if (auto finished = try_finish_erasures(); !finished) return finished;
      finish_at_ = std::chrono::steady_clock::now() + kErasureRetryUnderLoad;
    }
    if (auto stopped = stop_suppressed_next(); !stopped) return stopped;
    // With more to fold, its transaction begins with what is due.
    Result<bool> woken = false;
    if (journal_.head() <= cursor()) woken = wake_next();
    if (!woken) return woken;
    auto refolded = refold_due(options_.now_ms());
    if (!refolded) return refolded;
    // With what is due done: a profile's past is let go of when all has come of it.
    Result<bool> swept = false;
    if (!*woken && !*refolded && next_wake_ms_ > due_ms()) swept = sweep_next();
    if (!swept) return swept;
    if (*folded || *woken || *refolded || *swept || !others_left_) {
      return *folded || *woken || *refolded || *swept;
    }
    return refold_next();
  }

  // Goes on through the profiles, by id, and refolds those that other journeys have made; false at the end.
  Result<bool> refold_next() {
    ProfileRows& profiles = session_.profiles();
    auto last = profiles.last_id();
    if (!last) return tl::unexpected(last.error());
    const NodeId until = std::min(*last, others_after_ + kIdsPerSweep);
    auto others =
        profiles.made_by_others(batch_->engine().fingerprint(), others_after_, until, kRefoldsPerSweep);
    if (!others) return tl::unexpected(others.error());
    if (!others->empty()) {
      auto done = transaction([&] { return batch_->refold_others(*others, moment()); });
      if (!done) return tl::unexpected(done.error());
      publish();
    }
    others_after_ = others->size() == kRefoldsPerSweep ? others->back() : until;
    others_left_ = others_after_ < *last;
    note_takeover(others_left_ ? others_after_ : *last, *last);
    return others_left_ || !others->empty();
  }

  void note_takeover(NodeId done, NodeId total) {
    const std::lock_guard lock(progress_);
    counters_.takeover = {static_cast<std::uint64_t>(done), static_cast<std::uint64_t>(total)};
  }

  // Goes on with letting go of what is older than the retention time, one small transaction; begins anew each
  // day. False where there is nothing to do.
  Result<bool> sweep_next() {
    if (options_.retention.count() == 0) return false;
    const std::int64_t now_ms = due_ms();
    if (!sweep_) {
      if (now_ms < sweep_at_ms_ || now_ms == INT64_MIN) return false;
      sweep_ = Sweep{now_ms - options_.retention.count(), SweepPart::events, 0, {}};
      sweep_at_ms_ = now_ms + kRetentionSweepMs;
    }
    const Forgotten before = sweep_->forgotten;
    Sweep next = *sweep_;
    auto done = transaction([&]() -> Result<void> {
      auto swept = sweep_part(next);
      if (!swept) return swept;
      const bool removed = next.forgotten.events != before.events;
      return removed ? session_.erasures().set_unfinished(cursor().position) : Result<void>{};
    });
    if (!done) return tl::unexpected(done.error());
    sweep_ = next;
    {
      const std::lock_guard lock(progress_);
      counters_.expired += next.forgotten.events - before.events;
      counters_.expired_profiles += next.forgotten.profiles - before.profiles;
    }
    publish();
    if (next.part == SweepPart::done) end_sweep();
    return true;
  }

  Result<void> sweep_part(Sweep& sweep) {
    switch (sweep.part) {
      case SweepPart::events: {
        auto next = batch_->forget_before(sweep.after, sweep.horizon_ms, moment(), sweep.forgotten);
        if (!next) return tl::unexpected(next.error());
        sweep.after = next->value_or(0);
        if (!*next) sweep.part = SweepPart::decisions;
        return {};
      }
      case SweepPart::decisions: {
        auto last = session_.profiles().last_id();
        if (!last) return tl::unexpected(last.error());
        const NodeId until = sweep.after + kDecisionIdsPerSweep;
        auto removed = session_.profiles().remove_decisions_before(sweep.horizon_ms, sweep.after, until);
        if (!removed) return tl::unexpected(removed.error());
        sweep.forgotten.decisions += *removed;
        sweep.after = until;
        if (until >= *last) sweep.part = SweepPart::others;
        return {};
      }
      case SweepPart::others: {
        auto sent = session_.outbox().remove_before(sweep.horizon_ms, kOldRowsPerSweep);
        if (!sent) return tl::unexpected(sent.error());
        auto differing = session_.strands().remove_differing_before(sweep.horizon_ms, kOldRowsPerSweep);
        if (!differing) return tl::unexpected(differing.error());
        RejectedBounds bounds = options_.rejected;
        bounds.age_max = std::min(bounds.age_max, options_.retention);
        auto lost = session_.rejected().prune(bounds, options_.now_ms());
        if (!lost) return tl::unexpected(lost.error());
        sweep.forgotten.others += *sent + *differing + *lost;
        if (*sent + *differing == 0) sweep.part = SweepPart::done;
        return {};
      }
      case SweepPart::done: return {};
    }
    return {};
  }

  void end_sweep() {
    const Forgotten all = sweep_->forgotten;
    sweep_.reset();
    if (all.events + all.decisions + all.others == 0) return;
    traces_up_to_ = cursor();
    if (options_.report_sweep) options_.report_sweep(all);
  }

  Result<bool> wake_next() {
    if (next_wake_ms_ > due_ms()) return false;
    return sweep([&] { return batch_->wake_due(kWakesPerSweep, moment()); });
  }

  // Goes on through what waits, since people were entered into the suppression list; false at the end.
  Result<bool> stop_suppressed_next() {
    if (!suppressed_up_to_) return false;
    std::optional<std::int64_t> next;
    auto done = transaction([&]() -> Result<void> {
      auto reached = batch_->stop_suppressed(*suppressed_up_to_, moment());
      if (!reached) return tl::unexpected(reached.error());
      next = *reached;
      return session_.set_setting(kSuppressedUpTo, next ? std::to_string(*next) : std::string());
    });
    if (!done) return tl::unexpected(done.error());
    suppressed_up_to_ = next;
    publish();
    return next.has_value();
  }

  // Refolds that waited until then.
  Result<bool> refold_due(std::int64_t time_ms) {
    if (next_refold_ms_ == kNoWake || next_refold_ms_ > time_ms) return false;
    return sweep([&] { return batch_->refold_waiting(time_ms, moment()); });
  }

  // The files that held what was deleted go, or are written over.
  Result<bool> try_finish_erasures() {
    if (!traces_up_to_) return true;
    if (journal_.holds(*traces_up_to_)) {
      journal_.rotate();
      if (auto done = journal_.release(cursor()); !done) return tl::unexpected(done.error());
    }
    auto emptied = session_.erasures().empty_log();
    if (!emptied || !*emptied) return emptied;
    if (journal_.holds(*traces_up_to_)) return false;  // beside batches that are not folded yet
    if (auto done = session_.erasures().set_finished(); !done) return tl::unexpected(done.error());
    traces_up_to_.reset();
    return true;
  }

  // Nothing may fall due that an event still in the journal could prevent: with a backlog it is as late as
  // the latest event folded was received.
  std::int64_t due_ms() {
    std::int64_t now_ms = options_.now_ms();
    if (options_.running_ms) now_ms = clock_.now_ms(now_ms, options_.running_ms());
    return journal_.head() > taken_ ? std::min(now_ms, received_ms_) : now_ms;
  }
  FoldMoment moment() { return {options_.now_ms(), due_ms(), position_}; }

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
    if (done = take_up_rebuild(current); !done) {
      batch_.reset();
      return done;
    }
    auto last = session_.profiles().last_id();
    if (!last) return tl::unexpected(last.error());
    adopted_ = std::move(current);
    others_left_ = true;
    others_after_ = 0;
    note_takeover(0, *last);
    publish();
    return {};
  }

  // With what that asks for, however long it takes.
  Result<void> adopt_wholly() {
    auto done = adopt();
    while (done && rebuild_) {
      auto worked = rebuild_next();
      if (!worked) return tl::unexpected(worked.error());
      if (!rebuild_) done = adopt();
    }
    return done;
  }

  Result<void> adopt_in_transaction(const std::shared_ptr<const JourneySet>& set) {
    if (auto done = advance_position(); !done) return done;
    if (auto done = session_.profiles().retry_damaged(); !done) return done;
    auto horizon = adopt_journeys(session_, *set, options_.now_ms());
    if (!horizon) return tl::unexpected(horizon.error());
    batch_ = std::make_unique<FoldBatch>(session_, tombstones_, set, *horizon, options_.refolds);
    horizon_ = *std::move(horizon);
    auto before = session_.setting("identifier_rules");
    if (!before) return tl::unexpected(before.error());
    const std::string rules = set->identifiers.fingerprint();
    if (before->empty()) {
      if (auto done = session_.set_setting("identifier_rules", rules); !done) return done;
    }
    is_rebuild_due_ = !before->empty() && *before != rules;
    return note_next_wake();
  }

  // Identity by new rules: every event is folded anew, in a store beside.
  Result<void> take_up_rebuild(const std::shared_ptr<const JourneySet>& set) {
    rebuild_batch_.reset();
    rebuild_.reset();
    if (!is_rebuild_due_) {
      StoreRebuild::discard(store_.file());
      return {};
    }
    auto rebuild = StoreRebuild::open(store_.file(), set->identifiers.fingerprint());
    if (!rebuild) return tl::unexpected(rebuild.error());
    rebuild_ = *std::move(rebuild);
    DecisionHorizon horizon = horizon_;
    horizon.is_anew = true;
    RefoldBounds bounds = options_.refolds;
    bounds.stream_events_max = UINT32_MAX;
    rebuild_batch_ =
        std::make_unique<FoldBatch>(rebuild_->session(), tombstones_, set, std::move(horizon), bounds);
    note_rebuild(rebuild_->progress());
    return {};
  }

  // A transaction of the store beside; the last puts it in the place of the one that is served.
  Result<bool> rebuild_next() {
    ProfileSession& fresh = rebuild_->session();
    if (auto done = fresh.begin(); !done) return tl::unexpected(done.error());
    auto more = rebuild_some();
    if (more) {
      auto done = rebuild_batch_->write_back();
      if (done) done = fresh.commit();
      if (!done) more = tl::unexpected(done.error());
    }
    if (!more) {
      fresh.rollback();
      adopted_.reset();  // taken up again where it was
      return more;
    }
    note_rebuild(rebuild_->progress());
    if (*more) return true;
    if (auto done = rebuild_->finish(session_); !done) return tl::unexpected(done.error());
    rebuild_batch_.reset();
    rebuild_.reset();
    note_rebuild({});
    batch_.reset();
    sweep_.reset();  // begun in the store that was
    sweep_at_ms_ = INT64_MIN;
    StoreRebuild::discard(store_.file());
    return true;
  }

  Result<bool> rebuild_some() {
    const FoldMoment moment{options_.now_ms(), due_ms(), rebuild_->position(), false};
    auto recalled = recall_some(moment);
    if (!recalled || *recalled) return recalled;
    auto events = rebuild_->next(options_.rebuild_events_max);
    if (!events) return tl::unexpected(events.error());
    if (events->empty()) return false;
    auto folded = rebuild_batch_->fold(*std::move(events), moment);
    if (!folded) return tl::unexpected(folded.error());
    // No news to a watcher: all of it has happened before.
    (void)rebuild_batch_->take_kept();
    (void)rebuild_batch_->take_news();
    return true;
  }

  // What no event of today says again of who is who; false at the end.
  Result<bool> recall_some(const FoldMoment& moment) {
    ProfileSession& fresh = rebuild_->session();
    auto was_swept = fresh.setting(kEverSwept);
    if (!was_swept) return tl::unexpected(was_swept.error());
    auto place = fresh.setting(kRecalledUpTo);
    if (!place) return tl::unexpected(place.error());
    if (was_swept->empty() || *place == kRecalledAll) return false;
    auto reached =
        rebuild_batch_->recall_identities(session_, place->empty() ? 0 : std::stoll(*place), moment);
    if (!reached) return tl::unexpected(reached.error());
    const std::string next = *reached ? std::to_string(**reached) : std::string(kRecalledAll);
    if (auto done = fresh.set_setting(kRecalledUpTo, next); !done) return tl::unexpected(done.error());
    return true;
  }

  void note_rebuild(WorkProgress progress) {
    const std::lock_guard lock(progress_);
    ++counters_.transactions;
    counters_.rebuild = progress;
  }

  // What a transaction has taken from the journal.
  struct Taken {
    Cursor reached;
    std::size_t bytes = 0;
    BatchCounts counts;
    std::uint64_t rejected_lost = 0;
    bool any_rejected = false;
    std::vector<Error> refused;
  };

  // What the journal holds above `after`, as far as it is folded at a time; reaches no further where that is
  // nothing.
  Result<JournalPortion> take_slice(Cursor after) {
    if (!reader_) reader_.emplace(journal_, after, options_.portion_batches_max);
    const Cursor head = journal_.head();
    JournalPortion all;
    all.reached = after;
    all.received_at_ms = received_ms_;
    const std::size_t bytes_max = std::min(options_.slice_bytes_max, options_.transaction_bytes_max);
    while (all.reached < head && all.bytes < bytes_max) {
      auto next = reader_->next();
      if (!next) return tl::unexpected(next.error());
      if (!*next) break;
      JournalPortion& portion = **next;
      all.reached = portion.reached;
      all.received_at_ms = portion.received_at_ms;
      all.bytes += portion.bytes;
      std::move(portion.events.begin(), portion.events.end(), std::back_inserter(all.events));
      std::move(portion.refused.begin(), portion.refused.end(), std::back_inserter(all.refused));
      std::move(portion.with_rejected.begin(), portion.with_rejected.end(),
                std::back_inserter(all.with_rejected));
    }
    return all;
  }

  // Folds slice after slice, until the transaction is large enough or nothing is left.
  Result<void> fold_slices(JournalPortion slice, Taken& taken) {
    while (slice.reached > taken.reached) {
      received_ms_ = slice.received_at_ms;
      taken_ = taken.reached = slice.reached;
      taken.bytes += slice.bytes;
      auto folded = batch_->fold(std::move(slice.events), moment());
      if (!folded) return tl::unexpected(folded.error());
      taken.counts += *folded;
      for (const AcceptedBatch& batch : slice.with_rejected) {
        if (auto kept = session_.rejected().keep(batch); !kept) return kept;
        taken.any_rejected = true;
      }
      std::move(slice.refused.begin(), slice.refused.end(), std::back_inserter(taken.refused));
      // What somebody watches is told slice by slice; what nobody watches is not kept for it.
      if (is_watched()) break;
      (void)batch_->take_news();
      if (taken.bytes >= options_.transaction_bytes_max || batch_->is_full() || is_stopping()) break;
      auto next = take_slice(taken.reached);
      if (!next) return tl::unexpected(next.error());
      slice = *std::move(next);
    }
    if (!taken.any_rejected) return {};
    auto lost = session_.rejected().prune(options_.rejected, options_.now_ms());
    if (!lost) return tl::unexpected(lost.error());
    taken.rejected_lost = *lost;
    return {};
  }

  // Folds what is new in one transaction, after the wake-ups that are due before it; false where nothing is.
  Result<bool> fold_next() {
    if (journal_.head() <= cursor()) return false;
    const auto began = std::chrono::steady_clock::now();
    const std::int64_t received_before_ms = received_ms_;
    const std::int64_t due_before_ms = due_ms();
    Taken taken;
    taken.reached = cursor();
    auto slice = take_slice(taken.reached);
    if (!slice) return tl::unexpected(slice.error());
    if (slice->reached <= taken.reached) return false;
    auto done = transaction([&]() -> Result<void> {
      if (next_wake_ms_ <= due_before_ms) {
        auto woken = batch_->wake_due(kWakesPerBacklog, {options_.now_ms(), due_before_ms, position_});
        if (!woken) return tl::unexpected(woken.error());
      }
      if (auto folded = fold_slices(*std::move(slice), taken); !folded) return folded;
      return session_.set_cursor(taken.reached.position);
    });
    if (!done) {
      received_ms_ = received_before_ms;
      taken_ = cursor();
      reader_.reset();  // what it has handed out is read again
      return tl::unexpected(done.error());
    }
    for (const Error& refused : taken.refused) {
      if (options_.report_error) options_.report_error(refused);
    }
    note_folded(taken, std::chrono::steady_clock::now() - began);
    publish();
    if (auto released = journal_.release(taken.reached); !released) return tl::unexpected(released.error());
    return true;
  }

  void note_folded(const Taken& taken, std::chrono::nanoseconds time) {
    {
      const std::lock_guard lock(progress_);
      cursor_ = taken.reached;
      counters_.events += taken.counts.events;
      counters_.duplicates += taken.counts.duplicates;
      counters_.differing_copies += taken.counts.differing_copies;
      counters_.erased += taken.counts.erased;
      counters_.refused += taken.refused.size();
      counters_.rejected_lost += taken.rejected_lost;
      counters_.busy_ns += static_cast<std::uint64_t>(time.count());
    }
    progressed_.notify_all();
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
    if (done) done = batch_->write_back();
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
      counters_.events_replayed = batch_->replayed();
      counters_.decisions = batch_->decided();
      counters_.profiles_damaged = batch_->damaged();
    }
    for (const Error& damage : batch_->take_damage()) {
      if (options_.report_error) options_.report_error(damage);
    }
    return note_next_wake();
  }

  Result<void> note_next_wake() {
    auto next = session_.profiles().next_wake_ms();
    if (!next) return tl::unexpected(next.error());
    next_wake_ms_ = *next;
    auto refold = session_.waiting().next_due_ms();
    if (!refold) return tl::unexpected(refold.error());
    next_refold_ms_ = *refold;
    std::uint64_t waiting = 0;
    if (next_refold_ms_ != kNoWake) {
      auto count = session_.waiting().count();
      if (!count) return tl::unexpected(count.error());
      waiting = *count;
    }
    const std::lock_guard lock(progress_);
    counters_.refolds_waiting = waiting;
    return {};
  }

  bool is_watched() { return watcher_ && is_watched_(); }

  void publish() {
    const std::vector<ProfileNews> news = batch_->take_news();
    if (!is_watched()) return;
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
  ProfileStore& store_;
  ProfileSession& session_;
  Tombstones& tombstones_;
  Journeys& journeys_;
  FoldOptions options_;
  std::function<void(const FoldedEvent&)> watcher_;
  std::function<bool()> is_watched_;

  std::mutex work_;  // held while a transaction is made
  std::shared_ptr<const JourneySet> adopted_;
  std::unique_ptr<FoldBatch> batch_;
  DecisionHorizon horizon_;  // of batch_
  bool is_rebuild_due_ = false;
  std::unique_ptr<StoreRebuild> rebuild_;  // under way
  std::unique_ptr<FoldBatch> rebuild_batch_;
  std::optional<JournalReader> reader_;
  WakeClock clock_;
  Cursor taken_;  // up to which events are folded, those of the transaction at hand included
  std::int64_t received_ms_ = INT64_MIN;  // of the latest batch folded
  std::uint64_t position_ = 0;            // of the transaction at hand
  std::atomic<std::int64_t> next_wake_ms_ = kNoWake;
  std::atomic<std::int64_t> next_refold_ms_ = kNoWake;
  bool others_left_ = false;
  NodeId others_after_ = 0;             // up to which profiles are the journeys' of today
  std::optional<Cursor> traces_up_to_;  // in the journal, of what was deleted; none: in no file
  std::chrono::steady_clock::time_point finish_at_{};
  std::optional<Sweep> sweep_;
  std::int64_t sweep_at_ms_ = INT64_MIN;
  std::optional<std::int64_t> suppressed_up_to_;  // outbox row up to which the suppression list was applied

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
Result<bool> Fold::refold_waiting(std::optional<NodeId> profile, std::chrono::milliseconds timeout) {
  return worker_->refold_waiting(profile, timeout);
}
Result<ErasedPerson> Fold::erase(const Identifier& identifier) {
  return worker_->erase(identifier);
}
Result<void> Fold::suppress(const std::vector<Suppression>& entries) {
  return worker_->suppress(entries);
}
Result<std::uint64_t> Fold::unsuppress(const Identifier& identifier,
                                       const std::optional<std::string>& channel) {
  return worker_->unsuppress(identifier, channel);
}
Result<bool> Fold::finish_erasures(std::chrono::milliseconds timeout) {
  return worker_->finish_erasures(timeout);
}
Cursor Fold::cursor() const {
  return worker_->cursor();
}
bool Fold::wait_for(Cursor cursor, std::chrono::milliseconds timeout) {
  return worker_->wait_for(cursor, timeout);
}
void Fold::observe(std::function<void(const FoldedEvent&)> watcher, std::function<bool()> is_watched) {
  worker_->observe(std::move(watcher), std::move(is_watched));
}
FoldCounters Fold::counters() const {
  return worker_->counters();
}

}  // namespace desirepath::collector
