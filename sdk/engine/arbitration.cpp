#include "sdk/engine/arbitration.hpp"

#include "sdk/engine/consent.hpp"
#include "sdk/engine/effect.hpp"

namespace desirepath {

using namespace format;

void Arbitration::decide(std::uint32_t index, std::string_view anchor, bool woken) noexcept {
  const TriggerRecord& trigger = scope_.program.triggers()[index];
  const std::uint32_t mark = effect_mark(trigger.key, anchor);
  for (std::uint32_t i = trigger.actions.begin; i < trigger.actions.end; ++i) {
    const ActionRecord& action = scope_.program.actions()[i];
    const Reason reason = reason_against(trigger, index, action, mark);
    if (reason == Reason::none) winners_[winner_count_++] = {index, mark, action};
    outcome_.add(Decision{index, i, reason == Reason::none, reason, woken, 0, scope_.time_ms, anchor});
  }
}

Reason Arbitration::reason_against(const TriggerRecord& trigger, std::uint32_t index,
                                   const ActionRecord& action, std::uint32_t mark) const noexcept {
  const Program& program = scope_.program;
  if (!is_consented(program, state_, program.channels()[action.channel].consent)) return Reason::consent;
  if (trigger.purpose != 0 && (is_served_now(trigger, index) ||
                               is_served_by_another(program, state_, trigger.purpose - 1, trigger.key,
                                                    trigger.served_within_ms, scope_.time_ms))) {
    return Reason::purpose_served;
  }
  if (is_capped(trigger.cap, mark, 0)) return Reason::cap_trigger;
  if (trigger.purpose != 0 && is_capped(program.purposes()[trigger.purpose - 1].cap, mark, 0)) {
    return Reason::cap_purpose;
  }
  const Cap& channel_cap = program.channels()[action.channel].cap;
  if (is_capped(channel_cap, mark, others_on(action.channel, index))) {
    return Reason::cap_channel;
  }
  return is_taken(action) ? Reason::lower_priority : Reason::none;
}

bool Arbitration::is_served_now(const TriggerRecord& trigger, std::uint32_t index) const noexcept {
  for (std::uint32_t i = 0; i < winner_count_; ++i) {
    const Winner& winner = winners_[i];
    if (winner.trigger != index && scope_.program.triggers()[winner.trigger].purpose == trigger.purpose)
      return true;
  }
  return false;
}

bool Arbitration::is_capped(const Cap& cap, std::uint32_t mark, std::uint32_t more) const noexcept {
  return cap.times != 0 && effects_within(state_, cap, mark, scope_.time_ms) + more >= cap.times;
}

std::uint32_t Arbitration::others_on(std::uint32_t channel, std::uint32_t trigger) const noexcept {
  std::uint32_t count = 0;
  std::uint32_t counted = trigger;
  for (std::uint32_t i = 0; i < winner_count_; ++i) {
    if (winners_[i].action.channel != channel || winners_[i].trigger == trigger) continue;
    if (winners_[i].trigger != counted) ++count;
    counted = winners_[i].trigger;
  }
  return count;
}

bool Arbitration::is_taken(const ActionRecord& action) const noexcept {
  for (std::uint32_t i = 0; i < winner_count_; ++i) {
    const ActionRecord& won = winners_[i].action;
    if (won.channel == action.channel && won.slot == action.slot) return true;
  }
  return winner_count_ == std::size(winners_);
}

void Arbitration::finish() noexcept {
  if (effects_ != Effects::at_once) return;
  for (std::uint32_t i = 0; i < winner_count_; ++i) {
    const Winner& winner = winners_[i];
    const TriggerRecord& trigger = scope_.program.triggers()[winner.trigger];
    record_effect(scope_.program, state_,
                  Effect{trigger.key, winner.trigger + 1, trigger.purpose, winner.action.channel + 1,
                         winner.mark, scope_.time_ms});
  }
}

}  // namespace desirepath
