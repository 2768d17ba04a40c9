// A profile's past: its events folded anew on an engine of the reader's, up to a time. Says what the store
// does not keep because it follows from the events: what was known then, which stages the person was in and
// why, which audiences they came into and left.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "collector/error.hpp"
#include "collector/fold/profile_engine.hpp"
#include "collector/profile/profile_store.hpp"
#include "collector/reading/membership_log.hpp"

namespace desirepath::collector {

// Whose past it is, as identity has it now: what was claimed before anything was proved is judged by that.
struct ProfilePerson {
  NodeId profile = 0;
  bool is_proved = false;
};

Result<ProfilePerson> person_of(ProfileSession& session, NodeId profile);

struct ProfilePast {
  ProfileRecord record;  // but for states, which the engine holds; without events, all empty
  EngineLog log;         // all decisions and moves
  MembershipLog memberships;
};

// Folds those of `events` (in the profile's order) that happened by `until_ms`, then wakes the profile up to
// it. The engine holds the profile as it was then: `acting()` reads it. ErrorCode::storage where it cannot be
// stepped.
Result<ProfilePast> fold_past(ProfileEngine& engine, const ProfilePerson& person,
                              const std::vector<OrderedEvent>& events, std::int64_t until_ms);

// [{"timestamp","journey","from","to","messageId"}], oldest first, the newest `limit`.
std::string moves_json(const std::vector<StageMoveRecord>& moves, std::size_t limit);
// [{"timestamp","journey","audience","change":"entered"|"left","messageId"}], likewise; messageId is null
// where time alone brought it about.
std::string memberships_json(const MembershipLog& memberships, std::size_t limit);

}  // namespace desirepath::collector
