#include "collector/reading/membership_log.hpp"

#include <algorithm>

#include "collector/reading/limits.hpp"
#include "sdk/engine/condition.hpp"
#include "sdk/engine/next_turn.hpp"

namespace desirepath::collector {

MembershipLog::Seen& MembershipLog::seen(std::size_t journey, std::uint32_t audience) {
  if (seen_.size() <= journey) seen_.resize(journey + 1);
  if (seen_[journey].size() <= audience) seen_[journey].resize(audience + 1);
  return seen_[journey][audience];
}

void MembershipLog::look_at(const JourneyStanding& standing, std::size_t journey, std::uint32_t audience,
                            std::int64_t time_ms, std::string_view message_id) {
  const Program& program = *standing.program;
  const StepZones zones = journeys_.zones->of(program, *standing.state);
  const Scope scope{program, *standing.state, nullptr, time_ms, zones};
  const std::uint32_t when = program.audiences()[audience].when;
  Seen& known = seen(journey, audience);
  const bool is_member = holds(scope, when);
  known.next_turn_ms = next_turn_ms(scope, when);
  if (is_member == known.is_member) return;
  known.is_member = is_member;
  if (changes_.size() >= 2 * kMembershipChangesMax) {
    changes_.erase(changes_.begin(), changes_.begin() + kMembershipChangesMax);
    earlier_ += kMembershipChangesMax;
  }
  changes_.push_back({time_ms, std::string(standing.journey),
                      std::string(program.string(program.audiences()[audience].id)), is_member,
                      std::string(message_id)});
}

void MembershipLog::look(const std::vector<JourneyStanding>& standings, std::int64_t time_ms,
                         std::string_view message_id) {
  for (std::size_t journey = 0; journey < standings.size(); ++journey) {
    const std::uint32_t audiences = standings[journey].program->audiences().size();
    for (std::uint32_t i = 0; i < audiences; ++i) {
      look_at(standings[journey], journey, i, time_ms, message_id);
    }
  }
}

void MembershipLog::pass_time(const std::vector<JourneyStanding>& standings, std::int64_t until_ms) {
  for (std::size_t turns = 0; turns < kMembershipTurnsMax; ++turns) {
    std::int64_t next_ms = INT64_MAX;
    for (const auto& journey : seen_) {
      for (const Seen& known : journey) next_ms = std::min(next_ms, known.next_turn_ms);
    }
    if (next_ms > until_ms || next_ms == INT64_MAX) return;
    for (std::size_t journey = 0; journey < std::min(seen_.size(), standings.size()); ++journey) {
      for (std::uint32_t i = 0; i < seen_[journey].size(); ++i) {
        if (seen_[journey][i].next_turn_ms == next_ms) look_at(standings[journey], journey, i, next_ms, {});
      }
    }
  }
}

}  // namespace desirepath::collector
