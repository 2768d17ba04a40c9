// Profiles and their decision history in the profile store.
//
// Both carry the `position` in the store's history at which they last changed (ProfileSession::position): a
// reader who has seen everything up to a position reads on with what is beyond it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "collector/error.hpp"
#include "collector/profile/profile_record.hpp"

namespace desirepath::collector {

class Connection;

class ProfileRows {
 public:
  explicit ProfileRows(Connection& connection);
  ~ProfileRows();

  Result<std::optional<ProfileRecord>> load(NodeId id);
  Result<void> save(const ProfileRecord& profile);
  // With its checkpoints and what waits of it. The position stays, under the public id: see `gone`.
  Result<void> remove(NodeId id, std::uint64_t position);

  // Profiles whose next wake-up is due, the earliest first.
  Result<std::vector<NodeId>> due(std::int64_t now_ms, std::size_t limit);
  // Time of the earliest wake-up of all, kNoWake when there is none.
  Result<std::int64_t> next_wake_ms();
  // Profiles made by other journeys than `programs`, with ids above `after` up to `until`, by id.
  Result<std::vector<NodeId>> made_by_others(std::string_view programs, NodeId after, NodeId until,
                                             std::size_t limit);
  // The largest id of all; 0 when there is none.
  Result<NodeId> last_id();
  // Profile ids in the order of their public ids, after `after` (empty: from the first), with that public id;
  // those alone that changed beyond `position` (0: all).
  struct Listed {
    NodeId id;
    std::string public_id;
  };
  Result<std::vector<Listed>> list(std::string_view after, std::uint64_t position, std::size_t limit);
  // Public ids of what has been a profile and is none, since beyond `position`, in order after `after`.
  Result<std::vector<std::string>> gone(std::string_view after, std::uint64_t position, std::size_t limit);

  // A profile that could not be folded, because what is stored of it is damaged.
  struct Damaged {
    NodeId id = 0;
    std::int64_t since_ms = 0;
    std::string why;
  };
  // Leaves the profile as it was folded last, and out of wake-ups and of `made_by_others`, until
  // `retry_damaged`.
  Result<void> set_aside(const Damaged& damaged);
  Result<void> take_back(NodeId id);
  Result<std::vector<Damaged>> damaged();
  // From now on they are refolded like profiles made by other journeys.
  Result<void> retry_damaged();

  // In the order of the history.
  Result<std::vector<DecisionRecord>> decisions(NodeId profile);
  // Likewise, those after `time_ms`: about `limit`, so that those of one millisecond come together.
  Result<std::vector<DecisionRecord>> decisions_after(NodeId profile, std::int64_t time_ms,
                                                      std::size_t limit);
  // What a refold of what comes after `time_ms` may come to again: those after it, and those retracted. In
  // the order of the history.
  Result<std::vector<DecisionRecord>> open_decisions(NodeId profile, std::int64_t time_ms);
  Result<void> insert_decision(NodeId profile, const DecisionRecord& decision);
  // Notes that something about a decision has changed that its row does not say, and of its profile so.
  Result<void> touch_decision(NodeId profile, std::string_view decision_id, std::uint64_t position);
  // Removes the decisions before `time_ms` of profiles with ids above `after` up to `until`; how many.
  Result<std::uint64_t> remove_decisions_before(std::int64_t time_ms, NodeId after, NodeId until);
  // Rewrites the row `decision.row`.
  Result<void> update_decision(NodeId profile, const DecisionRecord& decision);

 private:
  struct Statements;
  std::unique_ptr<Statements> sql_;
};

}  // namespace desirepath::collector
