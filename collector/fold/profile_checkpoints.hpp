// Which checkpoints (checkpoint_rows.hpp) a large profile keeps, and which of them still hold. One is made
// for so many events (RefoldBounds); past their number or their bytes older ones are thinned: the further
// back, the further apart, so that what a late event refolds is in proportion to how late it is. One thread,
// in the caller's transaction.
#pragma once

#include <cstdint>
#include <optional>

#include "collector/error.hpp"
#include "collector/fold/profile_engine.hpp"
#include "collector/fold/refold_bounds.hpp"
#include "collector/profile/checkpoint_rows.hpp"

namespace desirepath::collector {

class ProfileCheckpoints {
 public:
  ProfileCheckpoints(CheckpointRows& rows, ProfileEngine& engine, const RefoldBounds& bounds)
      : rows_(rows), engine_(engine), bounds_(bounds) {}

  // An event of this time is new in the profile: those that should have it are void.
  Result<void> expect(const ProfileRecord& profile, std::int64_t time_ms);
  Result<void> expect(NodeId profile, std::int64_t time_ms) { return rows_.remove_from(profile, time_ms); }
  // What the profile was has changed as a whole.
  Result<void> drop_all(NodeId profile) { return rows_.remove_from(profile, INT64_MIN); }

  // The newest that holds, taken up by the engine; none where there is none.
  Result<std::optional<ProfileRecord>> resume(NodeId profile);

  // Of a profile that is being stepped: `begin` once it is empty or resumed, or `go_on` before it takes up
  // `more` events; then `pass` after each event that has all others of its millisecond before it. `pass`
  // keeps a checkpoint where one is due; it may wake the profile up to that event, which the next step would
  // do otherwise.
  void begin(const ProfileRecord& profile) { due_events_ = profile.events + bounds_.checkpoint_events; }
  Result<void> go_on(const ProfileRecord& profile, std::size_t more);
  Result<void> pass(ProfileRecord& profile, EngineLog& log);

 private:
  Result<void> thin(NodeId profile);

  CheckpointRows& rows_;
  ProfileEngine& engine_;
  RefoldBounds bounds_;
  std::uint64_t due_events_ = 0;  // at how many events the next is due
};

}  // namespace desirepath::collector
