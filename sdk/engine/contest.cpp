#include "sdk/engine/contest.hpp"

#include "sdk/engine/consent.hpp"
#include "sdk/engine/effect.hpp"
#include "sdk/engine/features.hpp"
#include "sdk/engine/person_clock.hpp"
#include "sdk/engine/promise.hpp"

namespace desirepath {

using namespace format;

Reason Contest::reason_against(const Contender& contender) noexcept {
  const Program& program = scope_.program;
  const TriggerRecord& trigger = program.triggers()[contender.trigger];
  const ChannelRecord& channel = program.channels()[contender.action.channel];
  if (!is_consented(program, scope_.state, channel.consent)) return Reason::consent;
  if (suppressions_.cover(scope_, contender.action.channel, trigger.purpose)) return Reason::suppressed;
  if (contender.is_held_out) return Reason::holdout;
  if constexpr (builds(kFeatureLocalTime)) {
    if (is_quiet(scope_, channel)) return Reason::quiet_hours;
  }
  if (is_served(trigger, contender.trigger)) return Reason::purpose_served;
  if (is_contradicted_now(trigger)) return Reason::promise_conflict;
  if (is_capped(trigger.cap, contender.mark, 0)) return Reason::cap_trigger;
  if (trigger.purpose != 0 && is_capped(program.purposes()[trigger.purpose - 1].cap, contender.mark, 0)) {
    return Reason::cap_purpose;
  }
  if (is_capped(channel.cap, contender.mark, others_on(contender))) {
    return Reason::cap_channel;
  }
  return is_taken(contender) ? Reason::lower_priority : Reason::none;
}

void Contest::win(const Contender& contender) noexcept {
  winners_[count_++] = {contender.trigger, contender.mark, contender.action};
}

bool Contest::is_served(const TriggerRecord& trigger, std::uint32_t index) const noexcept {
  if (trigger.purpose == 0) return false;
  for (const Winner& winner : *this) {
    if (winner.trigger != index && scope_.program.triggers()[winner.trigger].purpose == trigger.purpose)
      return true;
  }
  return is_served_by_another(scope_.program, scope_.state, trigger.purpose - 1, trigger.key,
                              scope_.time_ms - trigger.served_within_ms);
}

bool Contest::is_contradicted_now(const TriggerRecord& trigger) const noexcept {
  for (const Winner& winner : *this) {
    if (contradicts(scope_.program, trigger.promise, scope_.program.triggers()[winner.trigger].promise))
      return true;
  }
  return is_contradicted(scope_.program, scope_.state, trigger.promise, scope_.time_ms);
}

bool Contest::is_capped(const Cap& cap, std::uint32_t mark, std::uint32_t more) const noexcept {
  return cap.times != 0 && effects_within(scope_.state, cap, mark, scope_.time_ms) + more >= cap.times;
}

// Other triggers that won the channel or slots on it. The winners of one trigger lie side by side.
std::uint32_t Contest::others_on(const Contender& contender) const noexcept {
  std::uint32_t count = 0;
  std::uint32_t counted = contender.trigger;
  for (const Winner& winner : *this) {
    if (winner.action.channel != contender.action.channel || winner.trigger == contender.trigger) continue;
    if (winner.trigger != counted) ++count;
    counted = winner.trigger;
  }
  return count;
}

bool Contest::is_taken(const Contender& contender) const noexcept {
  const std::uint32_t group = scope_.program.triggers()[contender.trigger].group;
  for (const Winner& winner : *this) {
    if (winner.action.channel == contender.action.channel && winner.action.slot == contender.action.slot) {
      return true;
    }
    if constexpr (builds(kFeatureGovernance)) {
      const bool is_other = winner.trigger != contender.trigger;
      if (group != 0 && is_other && scope_.program.triggers()[winner.trigger].group == group) return true;
    }
  }
  return count_ == std::size(winners_);
}

}  // namespace desirepath
