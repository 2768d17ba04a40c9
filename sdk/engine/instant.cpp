#include "sdk/engine/instant.hpp"

#include "sdk/engine/arbitration.hpp"
#include "sdk/engine/ask.hpp"
#include "sdk/engine/behavior.hpp"
#include "sdk/engine/candidates.hpp"
#include "sdk/engine/consent.hpp"
#include "sdk/engine/context.hpp"
#include "sdk/engine/effect.hpp"
#include "sdk/engine/features.hpp"
#include "sdk/engine/intent.hpp"
#include "sdk/engine/person_clock.hpp"
#include "sdk/engine/score.hpp"
#include "sdk/engine/session.hpp"
#include "sdk/engine/stage.hpp"
#include "sdk/engine/trait.hpp"
#include "sdk/engine/trigger.hpp"
#include "sdk/engine/wait.hpp"

namespace desirepath {

using namespace format;

namespace {

void remember_circumstance(const Scope& scope, State& state) noexcept {
  const Program& program = scope.program;
  SessionStep session;
  if (program.header().uses_session != 0) {
    session = update_session(state, scope.event->type, scope.time_ms);
  }
  if constexpr (builds(kFeatureContext)) {
    if (program.header().uses_context != 0) update_context(program, state, *scope.event, session);
  }
  if constexpr (builds(kFeatureIntent)) {
    if (session.began) forget_intent(state);
  }
  if constexpr (builds(kFeatureLocalTime)) update_person_clock(program, state, *scope.event);
}

void count_stated_effect(const Scope& scope, State& state, Effects effects) noexcept {
  const StatedEffect stated = stated_effect(scope.program, *scope.event, scope.time_ms);
  const bool counted_already = effects == Effects::at_once && stated.effect.trigger != 0;
  if (stated.statement == Statement::none || counted_already) return;
  if (stated.statement == Statement::released) return release_effect(scope.program, state, stated.effect);
  record_effect(scope.program, state, stated.effect, stated.statement == Statement::settled);
}

// Decides all candidates in order of rank. What waited has its anchor copied: the wait goes.
void decide(const Scope& scope, State& state, Effects effects, Outcome& outcome,
            Candidates& candidates) noexcept {
  Arbitration arbitration(scope, state, effects, outcome);
  for (Candidate next = candidates.next(); next.trigger >= 0; next = candidates.next()) {
    const auto index = static_cast<std::uint32_t>(next.trigger);
    const TriggerRecord& trigger = scope.program.triggers()[index];
    if (!next.has_waited && !holds_optional(scope, trigger.where)) continue;
    if (!holds_optional(scope, trigger.when)) continue;
    const std::string_view anchor = next.has_waited ? outcome.keep_anchor(next.anchor) : next.anchor;
    arbitration.decide(index, anchor, scope.event == nullptr);
  }
  arbitration.finish();
}

// Moves the person, begins the waits for which the move is the occasion, and adds its triggers.
void move_on(const Scope& scope, State& state, const EventRecord& event, Outcome& outcome,
             Candidates& candidates) noexcept {
  const StageMove move = update_stage(scope, state, event);
  if (move.from != move.to) outcome.add(move);
  end_waits(scope, state, event.cancels);
  begin_waits(scope, state, event.arms, scope.event->message_id);
  if constexpr (builds(kFeatureOccasion)) {
    const auto happened = [&](const Occasion& occasion) {
      begin_waits(scope, state, occasion.arms, scope.event->message_id);
      candidates.add(occasion.triggers, scope.event->message_id);
    };
    if (move.from == move.to) return;
    if (move.from != 0) happened(scope.program.stages()[move.from - 1].left);
    if (move.to != 0) happened(scope.program.stages()[move.to - 1].entered);
  }
}

}  // namespace

const EventRecord* remember_event(const Scope& scope, State& state, Effects effects) noexcept {
  const Program& program = scope.program;
  remember_circumstance(scope, state);
  update_traits(program, state, *scope.event);
  update_consents(program, state, *scope.event);
  count_stated_effect(scope, state, effects);
  if constexpr (builds(kFeatureAsk)) update_asks(program, state, *scope.event, scope.time_ms);

  const std::int64_t found = program.find_event(scope.event->name);
  if (found < 0) return nullptr;
  const EventRecord& event = program.events()[static_cast<std::uint32_t>(found)];
  for (std::uint32_t i = event.behaviors.begin; i < event.behaviors.end; ++i) {
    update_behavior(scope, state, program.list(i));
  }
  if constexpr (builds(kFeatureIntent)) update_intent(scope, state, event);
  if constexpr (builds(kFeatureScore)) update_scores(scope, state, event);
  return &event;
}

void perform_event(const Scope& scope, State& state, Effects effects, Outcome& outcome) noexcept {
  const EventRecord* event = remember_event(scope, state, effects);
  if (event == nullptr) return;
  Candidates candidates(scope.program);
  move_on(scope, state, *event, outcome, candidates);
  add_triggers_of(scope, *event, candidates);
  decide(scope, state, effects, outcome, candidates);
}

void perform_due(const Scope& scope, State& state, Effects effects, Outcome& outcome) noexcept {
  Candidates candidates(scope.program);
  candidates.add_waits(state, scope.time_ms);
  if constexpr (builds(kFeatureOccasion)) {
    const std::uint32_t stuck = stage_stuck_at(scope.program, state, scope.time_ms);
    if (stuck != 0) {
      candidates.add(scope.program.stages()[stuck - 1].stuck,
                     outcome.keep_anchor(current_stage(scope.program, state).anchor));
    }
  }
  decide(scope, state, effects, outcome, candidates);
  state.retire_due(scope.time_ms);
}

}  // namespace desirepath
