// One transaction's worth of the fold: events in, profiles out. Everything is a function of the store, the
// events and the arguments. One thread; the caller holds the transaction, calls `write_back` before it
// commits, and `forget` when it is rolled back.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

#include "collector/error.hpp"
#include "collector/fold/effect_gate.hpp"
#include "collector/fold/identity_fold.hpp"
#include "collector/fold/profile_engine.hpp"
#include "collector/fold/profile_fold.hpp"
#include "collector/fold/retention_sweep.hpp"
#include "collector/fold/strand_fold.hpp"
#include "collector/profile/profile_store.hpp"

namespace desirepath::collector {

struct BatchCounts {
  std::uint64_t events = 0;
  std::uint64_t duplicates = 0;
  std::uint64_t differing_copies = 0;
  std::uint64_t erased = 0;  // left out: of somebody erased since

  BatchCounts& operator+=(const BatchCounts& more) {
    events += more.events;
    duplicates += more.duplicates;
    differing_copies += more.differing_copies;
    erased += more.erased;
    return *this;
  }
};

// A kept event with the profile it went to; 0 when it names nobody.
struct KeptEvent {
  NodeId profile;
  const StoredEvent* event;
};

class FoldBatch {
 public:
  FoldBatch(ProfileSession& session, Tombstones& tombstones, std::shared_ptr<const JourneySet> journeys,
            DecisionHorizon horizon, const RefoldBounds& bounds);

  // Stores, links and folds the events. They stay available through `take_kept` until the next call. A
  // transaction may take several such batches: what they change of a profile or a strand is written once.
  Result<BatchCounts> fold(std::vector<StoredEvent> events, const FoldMoment& moment);
  // Whether so much waits to be written that the transaction should end.
  bool is_full() const;
  Result<void> write_back();
  std::vector<KeptEvent> take_kept() { return std::exchange(kept_, {}); }

  // Wakes profiles that are due, at most `limit`; how many there were. As the store has them: before anything
  // else of the transaction.
  Result<std::size_t> wake_due(std::size_t limit, const FoldMoment& moment);
  // Refolds profiles that other journeys have made.
  Result<void> refold_others(const std::vector<NodeId>& others, const FoldMoment& moment);
  // Refolds profiles that wait (ProfileFold::advance) until `due_ms`, as far as one transaction goes; how
  // many. What they decide may act.
  Result<std::size_t> refold_waiting(std::int64_t due_ms, const FoldMoment& moment);
  Result<void> refold_if_waiting(NodeId profile, const FoldMoment& moment);
  Result<void> cut(NodeId one, NodeId other, const FoldMoment& moment);
  // Holds what waits in the outbox for people on the suppression list, of kOutboxRowsPerSweep rows after
  // `row`; the last of them, none at the end.
  Result<std::optional<std::int64_t>> stop_suppressed(std::int64_t row, const FoldMoment& moment);
  // Lets go of events that are older than `horizon_ms` (retention_sweep.hpp), of the profiles of strands
  // after `strand`; the last strand gone through, none at the end. A profile without events goes with its
  // identifiers and links, as far as others do not need them; what an operator cut stays.
  Result<std::optional<StrandId>> forget_before(StrandId strand, std::int64_t horizon_ms,
                                                const FoldMoment& moment, Forgotten& forgotten);
  // For a store made anew of the events in another: who is who of people whose older events were let go for
  // their age and cannot say it again. Of strands after `strand` there; the last gone through, none at the
  // end.
  Result<std::optional<StrandId>> recall_identities(ProfileSession& before, StrandId strand,
                                                    const FoldMoment& moment);
  // Deletes the profile of an identifier: its events, decisions, links and identifiers. An identifier under
  // which others have events stays, without what joined it. The tombstones are the caller's to add once this
  // is committed.
  Result<ErasedPerson> erase(const Identifier& identifier, const FoldMoment& moment,
                             std::vector<KeyedHash>& tombstones);

  // Public id of a profile.
  Result<std::string> public_id_of(NodeId profile);
  std::vector<ProfileNews> take_news() { return profiles_.take_news(); }
  std::vector<Error> take_damage() { return profiles_.take_damage(); }
  std::size_t damaged() const { return profiles_.damaged(); }
  std::uint64_t refolded() const { return profiles_.refolded(); }
  std::uint64_t replayed() const { return profiles_.replayed(); }
  std::uint64_t decided() const { return profiles_.decided(); }
  const ProfileEngine& engine() const { return engine_; }

  void forget();

 private:
  bool is_erased(const StoredEvent& event) const;
  Result<bool> add(StoredEvent event, BatchCounts& counts);
  Result<void> settle_identity(const FoldMoment& moment, std::vector<NodeId>& refolded);
  Result<void> add_affected(const MovedNode& moved, std::vector<NodeId>& affected);
  Result<void> act(const FoldMoment& moment);
  Result<void> fold_facts(std::vector<StoredEvent> facts, const FoldMoment& moment);
  void hold_pending();
  Result<void> fold_news(const std::vector<NodeId>& refolded, const FoldMoment& moment);

  // All rows of a profile, but for its tombstones and who it names elsewhere; how many events those were.
  Result<std::uint64_t> remove_profile(NodeId profile, const std::vector<StrandRecord>& strands,
                                       bool with_cuts, const FoldMoment& moment);
  Result<void> forget_events(NodeId profile, const std::vector<StrandRecord>& strands,
                             std::int64_t horizon_ms, const FoldMoment& moment, Forgotten& forgotten);
  Result<void> forget_of_nobody(const StrandRecord& strand, std::int64_t horizon_ms, Forgotten& forgotten);
  Result<bool> is_named(NodeId profile);
  Result<void> forget_suppressed_name(const Identifier& identifier);
  Result<void> forget_suppressed_names(NodeId profile);
  Result<std::unordered_set<NodeId>> named_by_others(const std::vector<NodeId>& members);

  ProfileSession& session_;
  Tombstones& tombstones_;
  std::shared_ptr<const JourneySet> journeys_;
  ProfileEngine engine_;
  IdentityFold identities_;
  StrandFold strands_;
  ProfileFold profiles_;
  EffectGate gate_;
  RetentionSweep retention_;
  std::vector<KeptEvent> kept_;
  std::vector<std::vector<StoredEvent>> held_;  // what kept_ points to
};

}  // namespace desirepath::collector
