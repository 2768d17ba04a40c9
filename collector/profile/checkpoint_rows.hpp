// Checkpoints of large profiles in the profile store: where their fold stood at some time, so that an event
// that comes late is folded from there on and not from the start.
//
// A checkpoint at a time holds all of the profile's events up to that time, woken up to it, and none beyond:
// what was decided up to then stays as it is when the profile is folded from there. It is a cache; one that
// is not, byte for byte, what was written is none.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "collector/error.hpp"
#include "collector/profile/profile_record.hpp"

namespace desirepath::collector {

class Connection;

struct CheckpointHead {
  std::int64_t time_ms = 0;  // of the latest event in it
  std::uint64_t events = 0;  // how many are in it
  std::size_t bytes = 0;
};

class CheckpointRows {
 public:
  explicit CheckpointRows(Connection& connection);
  ~CheckpointRows();

  // The profile's, the earliest first.
  Result<std::vector<CheckpointHead>> heads(NodeId profile);
  // The checkpoint at `time_ms`, without its `next_wake_ms` and `position`; none where there is none, or a
  // damaged one. Its `states` are, of each journey, those of the version that decided and of the later ones
  // that learnt, oldest first.
  Result<std::optional<ProfileRecord>> load(NodeId profile, std::int64_t time_ms);
  // Keeps `profile` as the checkpoint at its `last_ms`; how many bytes that takes.
  Result<std::size_t> save(const ProfileRecord& profile);
  Result<void> remove(NodeId profile, std::int64_t time_ms);
  // Those at `time_ms` and later.
  Result<void> remove_from(NodeId profile, std::int64_t time_ms);

 private:
  struct Statements;
  std::unique_ptr<Statements> sql_;
};

}  // namespace desirepath::collector
