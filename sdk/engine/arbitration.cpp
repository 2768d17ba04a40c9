#include "sdk/engine/arbitration.hpp"

#include "sdk/engine/effect.hpp"

namespace desirepath {

using namespace format;

void Arbitration::decide(std::uint32_t index, std::string_view anchor, bool woken) noexcept {
  const TriggerRecord& trigger = scope_.program.triggers()[index];
  const std::uint32_t mark = effect_mark(trigger.key, anchor);
  for (std::uint32_t i = trigger.actions.begin; i < trigger.actions.end; ++i) {
    const Contender contender{index, scope_.program.actions()[i], mark};
    const Reason reason = contest_.reason_against(contender);
    if (reason == Reason::none) contest_.win(contender);
    outcome_.add(Decision{index, i, reason == Reason::none, reason, woken, 0, scope_.time_ms, anchor});
  }
}

void Arbitration::finish() noexcept {
  if (effects_ != Effects::at_once) return;
  const Program& program = scope_.program;
  for (const Contest::Winner& winner : contest_) {
    const TriggerRecord& trigger = program.triggers()[winner.trigger];
    Effect effect;
    effect.trigger_key = trigger.key;
    effect.trigger = winner.trigger + 1;
    effect.purpose = trigger.purpose;
    effect.promise = trigger.promise;
    effect.channel_key = fnv1a(program.string(program.channels()[winner.action.channel].id));
    effect.channel = winner.action.channel + 1;
    effect.mark = winner.mark;
    effect.time_ms = scope_.time_ms;
    record_effect(program, state_, effect, true);
  }
}

}  // namespace desirepath
