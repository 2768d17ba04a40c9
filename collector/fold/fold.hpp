// The fold: the journal's batches become profiles. It alone writes the profile store.
//
// For every event: dedupe by (stream, messageId), identity, order by (timestamp, messageId), the engine's
// step, then state, decisions, traits and the journal's cursor are written in one transaction. An event that
// is earlier than what its profile has folded refolds it from the newest checkpoint before that, or from its
// start; a merge and an un-merge refold the profile from its start: so state is a function of the set of
// events and not of their arrival. A stream that has too much refolded by late events waits for more of it:
// until then such a profile keeps its events and is as it was before (waiting_rows.hpp). Decisions are
// history: nothing here acts on the outside.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "collector/error.hpp"
#include "collector/fold/limits.hpp"
#include "collector/fold/refold_bounds.hpp"
#include "collector/fold/retention_sweep.hpp"
#include "collector/identity/identifier.hpp"
#include "collector/identity/identity_graph.hpp"
#include "collector/journal/journal.hpp"
#include "collector/profile/erasure_rows.hpp"
#include "collector/profile/rejected_rows.hpp"
#include "collector/profile/suppression_rows.hpp"
#include "collector/profile/work_progress.hpp"

namespace desirepath::collector {

class Journeys;
class ProfileStore;

// One thing the fold has made durable, for whoever watches (GET /v1/stream).
struct FoldedEvent {
  enum class Kind : std::uint8_t { event, stage, decision };
  Kind kind;
  std::uint64_t cursor;  // position in the journal after which it was folded
  std::string json;      // one object; see "What a watcher sees" below
};
// What a watcher sees:
//   event     the event as accepted, wrapped: {"profile","receivedAt","source","trust","event":{…}}
//   stage     {"profile","timestamp","from","to","journey","messageId"}
//   decision  a line of the decision log: {"profile","timestamp","messageId","trigger","outcome","reason",…}

// Since the fold was made; monotonic.
struct FoldCounters {
  std::uint64_t events = 0;            // kept
  std::uint64_t duplicates = 0;        // left out, already known
  std::uint64_t differing_copies = 0;  // of the duplicates, those that said something else
  std::uint64_t rejected_lost = 0;     // rejected events that made room for newer ones, or were too old
  std::uint64_t erased = 0;            // left out: of somebody who has been erased since they happened
  std::uint64_t refused = 0;  // events that could not be read; never expected, ingest has checked them
  std::uint64_t profiles_refolded = 0;
  std::uint64_t events_replayed = 0;  // by refolds
  std::uint64_t refolds_waiting = 0;  // now: profiles that are as they were before an event that came late
  std::uint64_t decisions = 0;
  std::uint64_t expired = 0;           // events let go for their age
  std::uint64_t expired_profiles = 0;  // profiles that had no others
  std::uint64_t transactions = 0;
  std::uint64_t profiles_damaged = 0;  // now left as they were, because what is stored of them is damaged
  // Profiles made by other journeys than today's, refolded one by one: identifiers looked through.
  WorkProgress takeover{};
  // The store made anew for other identifier rules; until it is done, profiles are read as they were and new
  // events wait in the journal: strands gone through. Nothing of nothing where there is none.
  WorkProgress rebuild{};
  std::uint64_t busy_ns = 0;  // time spent folding, waiting left out
};

struct FoldOptions {
  // Wall clock, integer milliseconds UTC; decides which wake-ups are due. While the journal holds more than
  // one transaction takes, nothing falls due later than the latest event folded was received: one of those to
  // come may prevent it.
  std::function<std::int64_t()> now_ms;
  // The machine's running time, ms, sleep counted: by it jumps of the wall clock are told (wake_clock.hpp).
  // None: the wall clock is followed wherever it goes.
  std::function<std::int64_t()> running_ms = {};
  // Receives each error of the background thread, one line; the thread goes on trying.
  std::function<void(const Error&)> report_error = {};
  RejectedBounds rejected{};  // of the rejected events that are kept
  RefoldBounds refolds{};
  // How long events are kept, with all that came of them (retention_sweep.hpp); 0: for ever. A sweep begins
  // with the first start and then daily. Its clock does not follow a jump of the wall clock at once.
  std::chrono::milliseconds retention{0};
  // Told what a sweep has let go of, when it has gone through everything.
  std::function<void(const Forgotten&)> report_sweep = {};
  // How much one transaction takes at most, how much of it is folded at a time, and how many journal batches
  // are read at a time.
  std::size_t transaction_bytes_max = kFoldBytesMax;
  std::size_t slice_bytes_max = kFoldSliceBytesMax;
  std::size_t portion_batches_max = kReadAheadBatches;
  std::size_t rebuild_events_max = kRebuildEventsMax;
};

// Owns its thread; the journal, the store and the journeys must outlive it. All members may be called from
// any thread, except that `observe` comes before `start`.
class Fold {
 public:
  Fold(Journal& journal, ProfileStore& store, Journeys& journeys, FoldOptions options);
  ~Fold();  // stops
  Fold(const Fold&) = delete;
  Fold& operator=(const Fold&) = delete;

  // Begins folding in the background, wake-ups by the wall clock included. A new set of journeys
  // (Journeys::load) is taken up between two batches.
  Result<void> start();
  // Finishes the batch at hand and joins. Harmless when not started.
  void stop();

  // Folds everything the journal holds, then performs the wake-ups that are due and all refolds that wait.
  // For commands; not with `start`.
  Result<FoldCounters> run_until_caught_up();
  // Separates two identifiers: from now on no chain of links may join them, and the profile is refolded.
  // Waits for the batch at hand. `not_found` where one of them was never seen.
  Result<void> cut(const Identifier& one, const Identifier& other);
  // Deletes the person an identifier belongs to (FoldBatch::erase) and leaves a tombstone of each of their
  // identifiers; of one that was never seen, the tombstone alone. What the journal holds is folded first.
  // Durable on return, but for the traces that deleted data leave in the files: those are overwritten by
  // `finish_erasures`, by a later start where the process ends before.
  Result<ErasedPerson> erase(const Identifier& identifier);
  // Overwrites them: rotates the journal, empties the write-ahead log. False where a reader held an old
  // snapshot for longer than `timeout`; the background thread goes on trying.
  Result<bool> finish_erasures(std::chrono::milliseconds timeout);
  // Enters people's addresses into the suppression list, and holds what waits to be sent to them. Durable on
  // return; should the process end before all that waits was gone through, the next start goes on.
  Result<void> suppress(const std::vector<Suppression>& entries);
  // Takes entries out of it again (SuppressionRows::remove); how many there were. What they stopped stays
  // held.
  Result<std::uint64_t> unsuppress(const Identifier& identifier, const std::optional<std::string>& channel);

  // Position up to which everything is folded and durable in the profile store.
  Cursor cursor() const;
  // Refolds what waits because its stream has had too much refolded (RefoldBounds), due or not: of one
  // profile, or all of it; a transaction for some of them at a time. False when that took longer than
  // `timeout`.
  Result<bool> refold_waiting(std::optional<NodeId> profile, std::chrono::milliseconds timeout);

  // Waits until `cursor()` has reached `cursor`; false when that took longer than `timeout`.
  bool wait_for(Cursor cursor, std::chrono::milliseconds timeout);

  // `watcher` is called on the fold's thread after each transaction; it must be quick and must not call back.
  // At most one. `is_watched`, asked on the same thread, says whether anybody listens: else nothing is
  // rendered, and with a backlog more is folded in one transaction.
  void observe(
      std::function<void(const FoldedEvent&)> watcher,
      std::function<bool()> is_watched = [] { return true; });

  FoldCounters counters() const;

 private:
  class Worker;
  std::unique_ptr<Worker> worker_;
};

}  // namespace desirepath::collector
