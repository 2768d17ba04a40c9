// The fold's hold on profiles: new events go on from where a profile stands, or the profile is folded anew
// from its start; either way its state, traits and decision history come out the same. One thread, in the
// caller's transaction.
//
// A profile that several batches of one transaction change is written once, by `write_back`; before the store
// is asked for it in between, `write_out`.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "collector/error.hpp"
#include "collector/fold/journey_log.hpp"
#include "collector/fold/profile_checkpoints.hpp"
#include "collector/fold/profile_engine.hpp"
#include "collector/fold/refold_budget.hpp"
#include "collector/fold/strand_fold.hpp"
#include "collector/profile/profile_store.hpp"

namespace desirepath::collector {

// A new event with its place in the profile. The event outlives the fold of its batch.
struct NewEvent {
  EventOrder order;
  const StoredEvent* event;
};

// When a transaction of the fold happens.
struct FoldMoment {
  std::int64_t now_ms = 0;     // wall clock
  std::int64_t due_ms = 0;     // up to which waits fall due; at most about now
  std::uint64_t position = 0;  // in the store's history (ProfileSession::position)
  bool acts = true;            // false: what is folded is history, and nothing comes of it
};

// What changed for a watcher.
struct ProfileNews {
  NodeId profile;
  EngineLog log;
};

class ProfileFold {
 public:
  ProfileFold(ProfileSession& session, ProfileEngine& engine, StrandFold& strands, DecisionHorizon horizon,
              const RefoldBounds& bounds)
      : session_(session),
        engine_(engine),
        strands_(strands),
        checkpoints_(session.checkpoints(), engine, bounds),
        budget_(bounds),
        horizon_(std::move(horizon)) {}

  // Folds new events, which are in the store already, and wakes the profile up to now. Where one of them is
  // late, the profile is refolded from its newest checkpoint before it, or from its start; where the stream
  // that sent it has spent what it may (RefoldBudget), that waits, and so does all that comes for the profile
  // until then. What the collector itself says and the act of choosing consent wait for nothing.
  Result<void> advance(NodeId profile, std::vector<NewEvent> events, const FoldMoment& moment);
  // Wakes it only.
  Result<void> wake(NodeId profile, const FoldMoment& moment) { return advance(profile, {}, moment); }
  // Whether the profile was folded as one that nobody has proved.
  Result<bool> is_held_unproved(NodeId profile);
  // Refolds those that wait, until `due_ms`, the earliest first, as far as one transaction goes; how many.
  Result<std::size_t> refold_waiting(std::int64_t due_ms, const FoldMoment& moment);
  // Refolds the profile where it waits.
  Result<void> refold_if_waiting(NodeId profile, const FoldMoment& moment);
  // Folds all of the profile's events anew.
  Result<void> refold(NodeId profile, const FoldMoment& moment);

  // Folds the profile anew from the events that are left of it, after others were let go for their age: its
  // state becomes theirs, its decisions up to now stay as recorded, in later refolds too
  // (StrandRecord::swept_ms).
  Result<void> refold_forgotten(NodeId profile, const FoldMoment& moment);
  // Of a profile whose rows are gone.
  void drop(NodeId profile);

  // Writes one profile and its events, or all profiles, so far as the store lacks them.
  Result<void> write_out(NodeId profile);
  Result<void> write_back();
  // Whether so many profiles wait for `write_back` that it is time for it.
  bool is_full() const {
    return unwritten_.size() > kUnwrittenProfilesMax || unwritten_bytes_ > kUnwrittenProfileBytesMax;
  }

  // Refolds profiles between which identifiers have moved: their decision histories are one pool, from which
  // each takes what it comes to again; what nobody comes to is retracted under `heir` of its old profile. A
  // profile without events is removed.
  Result<void> refold_moved(const std::vector<NodeId>& profiles,
                            const std::function<Result<NodeId>(NodeId)>& heir, const FoldMoment& moment);

  // What was decided and where stages moved, since the last call.
  std::vector<ProfileNews> take_news() { return std::exchange(news_, {}); }
  // The same for the effect gate.
  std::vector<ProfileNews> take_changes() { return std::exchange(changes_, {}); }
  std::uint64_t refolded() const { return refolded_; }
  std::uint64_t replayed() const { return replayed_; }  // events, of all refolds
  std::uint64_t decided() const { return decided_; }

  // Profiles left as they were, because what is stored of them is damaged; and what was newly found of them.
  std::size_t damaged() const { return damaged_ ? damaged_->size() : 0; }
  std::vector<Error> take_damage() { return std::exchange(damage_, {}); }

  void forget();
  // Makes room, of what the store has.
  void forget_when_full();

 private:
  struct Cached {
    ProfileRecord record;
    std::size_t bytes = 0;
    bool is_written = true;  // as it is here
  };
  using Pool = std::multimap<std::pair<std::string, std::string>, std::pair<NodeId, DecisionRecord>>;

  // None where there is no such profile.
  Result<Cached*> cached(NodeId id);
  Result<Cached*> cached_or_new(NodeId id);
  void uncache(NodeId id);
  Result<void> write(Cached& entry);
  // Takes the profile up; false where it cannot go on with the events, which come too late.
  Result<bool> open(const ProfileRecord& profile, const std::vector<NewEvent>& events);
  // Steps the profile that was taken up.
  Result<void> go_on(Cached& entry, const std::vector<NewEvent>& events, const FoldMoment& moment);
  // False where one of them comes too late.
  Result<bool> step(ProfileRecord& profile, const std::vector<NewEvent>& events, EngineLog& log);
  // Folds anew from the newest checkpoint there is.
  Result<void> refold_late(NodeId id, const FoldMoment& moment);
  Result<bool> is_waiting(NodeId id);
  Result<void> refold_or_wait(NodeId id, const EventOrder& tip, const std::vector<NewEvent>& events,
                              const FoldMoment& moment);
  Result<void> refold_for(const std::string& stream, NodeId id, const FoldMoment& moment);
  Result<void> refold_one(NodeId id, std::optional<ProfileRecord> checkpoint, Pool& pool,
                          std::int64_t recorded_until_ms, const FoldMoment& moment);
  // Replays into a fresh record all events, or those after a checkpoint the engine has resumed; none when
  // there are no events.
  Result<std::optional<ProfileRecord>> replay(NodeId id, std::optional<ProfileRecord> checkpoint,
                                              const FoldMoment& moment, EngineLog& log);
  Result<void> replay_after(std::int64_t time_ms, ProfileRecord& profile, EngineLog& log);
  Result<bool> is_damaged(NodeId id);
  Result<void> set_aside(NodeId id, const Error& why, Pool& pool, const FoldMoment& moment);
  // To be written; the profile is as it is here from now on.
  void store(ProfileRecord profile, const FoldMoment& moment);
  void note_changed(Cached& entry, const FoldMoment& moment);
  void fill(Pool& pool, NodeId profile, std::vector<DecisionRecord> decisions);
  // Up to when decisions of any of the profiles stay as recorded, because events they came of were let go.
  Result<std::int64_t> recorded_until_ms(const std::vector<NodeId>& profiles);
  Result<void> settle(NodeId profile, EngineLog log, Pool& pool, std::int64_t recorded_until_ms,
                      const FoldMoment& moment);
  void tell(NodeId profile, EngineLog log);
  Result<void> retract(Pool& pool, const std::function<Result<NodeId>(NodeId)>& heir,
                       std::int64_t recorded_until_ms, const FoldMoment& moment);

  ProfileSession& session_;
  ProfileEngine& engine_;
  StrandFold& strands_;
  ProfileCheckpoints checkpoints_;
  RefoldBudget budget_;
  DecisionHorizon horizon_;
  std::unordered_map<NodeId, Cached> cache_;
  std::size_t cache_bytes_ = 0;
  std::unordered_set<NodeId> unwritten_;               // of the cache
  std::size_t unwritten_bytes_ = 0;                    // about, since the last `write_back`
  std::optional<std::unordered_set<NodeId>> damaged_;  // none: not read yet
  std::optional<std::uint64_t> waiting_;               // how many; none: not read yet
  std::optional<bool> was_swept_;                      // whether events of anybody were ever let go
  std::vector<Error> damage_;
  std::vector<ProfileNews> news_;
  std::vector<ProfileNews> changes_;
  std::uint64_t refolded_ = 0;
  std::uint64_t replayed_ = 0;
  std::uint64_t decided_ = 0;
};

}  // namespace desirepath::collector
