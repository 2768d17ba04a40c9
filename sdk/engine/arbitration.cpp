#include "sdk/engine/arbitration.hpp"

#include "sdk/engine/effect.hpp"
#include "sdk/engine/experiment.hpp"

namespace desirepath {

using namespace format;

void Arbitration::decide(std::uint32_t index, std::string_view anchor, bool woken) noexcept {
  assign(scope_, state_, index, outcome_);
  const TriggerForm form = form_of(scope_, index);
  if (!form.is_enabled) return;
  const std::uint32_t mark = mark_of(scope_.program.triggers()[index].key, anchor);
  for (std::uint32_t i = form.actions.begin; i < form.actions.end; ++i) {
    const Contender contender{index, scope_.program.actions()[i], mark, form.is_held_out};
    const Reason reason = contest_.reason_against(contender);
    if (reason == Reason::none) contest_.win(contender);
    outcome_.add(
        Decision{index, i, reason == Reason::none, reason, woken, form.treatment, scope_.time_ms, anchor});
  }
}

std::uint32_t Arbitration::mark_of(std::uint32_t trigger_key, std::string_view anchor) noexcept {
  if (marked_anchor_.empty() || anchor.data() != marked_anchor_.data()) {
    marked_anchor_ = anchor;
    anchor_mark_ = effect_mark(0, anchor);
  }
  return anchor_mark_ ^ trigger_key;
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
