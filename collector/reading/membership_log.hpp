// When a person came into each audience and went out of it, found by looking again at every time the answer
// can change: after each event, and when a window runs out. A function of the profile's events; nothing of it
// is stored, so refolds, merges and new journey versions change it as they change the past itself.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "collector/fold/profile_engine.hpp"

namespace desirepath::collector {

struct MembershipChange {
  std::int64_t time_ms = 0;
  std::string journey;
  std::string audience;
  bool entered = false;    // else left
  std::string message_id;  // of the event that brought it about; empty: time did
};

class MembershipLog {
 public:
  // Nobody is a member before the first event.
  explicit MembershipLog(const JourneySet& journeys) : journeys_(journeys) {}

  // Looks at what can have changed by itself up to `until_ms`, each at its own time. The standings are those
  // after the last event; what an audience asks of `now.*` is looked at with the next event only.
  void pass_time(const std::vector<JourneyStanding>& standings, std::int64_t until_ms);
  // Looks at all audiences after an event.
  void look(const std::vector<JourneyStanding>& standings, std::int64_t time_ms, std::string_view message_id);

  // In order of time; the newest kMembershipChangesMax.
  const std::vector<MembershipChange>& changes() const { return changes_; }
  // How many there were before those.
  std::size_t earlier() const { return earlier_; }

 private:
  struct Seen {
    bool is_member = false;
    std::int64_t next_turn_ms = INT64_MAX;
  };
  Seen& seen(std::size_t journey, std::uint32_t audience);
  void look_at(const JourneyStanding& standing, std::size_t journey, std::uint32_t audience,
               std::int64_t time_ms, std::string_view message_id);

  const JourneySet& journeys_;
  std::vector<std::vector<Seen>> seen_;  // by journey, then audience
  std::vector<MembershipChange> changes_;
  std::size_t earlier_ = 0;
};

}  // namespace desirepath::collector
