#include "sdk/engine/step.hpp"

#include "sdk/engine/arbitration.hpp"
#include "sdk/engine/behavior.hpp"
#include "sdk/engine/consent.hpp"
#include "sdk/engine/effect.hpp"
#include "sdk/engine/features.hpp"
#include "sdk/engine/limits.hpp"
#include "sdk/engine/score.hpp"
#include "sdk/engine/session.hpp"
#include "sdk/engine/stage.hpp"
#include "sdk/engine/trait.hpp"
#include "sdk/engine/trigger.hpp"

namespace desirepath {

using namespace format;

namespace {

std::int64_t clamped(std::int64_t time_ms) noexcept {
  return time_ms < 0 ? 0 : time_ms > kTimeMaxMs ? kTimeMaxMs : time_ms;
}

void perform_waits(const Program& program, State& state, std::int64_t until_ms, Effects effects,
                   ZoneTable zones, Outcome& outcome) noexcept {
  while (state.next_wake_ms() <= until_ms) {
    const std::int64_t due_ms = state.next_wake_ms();
    fire_waits(program, state, due_ms, effects, zones, outcome);
    if (due_ms > state.clock_ms()) state.set_clock_ms(due_ms);
    state.refresh_next_wake();
  }
}

void count_stated_effect(const Scope& scope, State& state, Effects effects) noexcept {
  const StatedEffect stated = stated_effect(scope.program, *scope.event, scope.time_ms);
  const bool counted_already = effects == Effects::at_once && stated.effect.trigger != 0;
  if (stated.statement == Statement::none || counted_already) return;
  if (stated.statement == Statement::released) return release_effect(scope.program, state, stated.effect);
  record_effect(scope.program, state, stated.effect, stated.statement == Statement::settled);
}

// What the event says about the person. The event's entry in the program, null where it has none.
const EventRecord* remember(const Scope& scope, State& state, Effects effects) noexcept {
  const Program& program = scope.program;
  if (program.header().uses_session != 0) update_session(state, scope.event->type, scope.time_ms);
  update_traits(program, state, *scope.event);
  update_consents(program, state, *scope.event);
  count_stated_effect(scope, state, effects);

  const std::int64_t found = program.find_event(scope.event->name);
  if (found < 0) return nullptr;
  const EventRecord& event = program.events()[static_cast<std::uint32_t>(found)];
  for (std::uint32_t i = event.behaviors.begin; i < event.behaviors.end; ++i) {
    update_behavior(scope, state, program.list(i));
  }
  if constexpr (builds(kFeatureScore)) update_scores(scope, state, event);
  return &event;
}

void perform_event(const Scope& scope, State& state, Effects effects, Outcome& outcome) noexcept {
  const EventRecord* event = remember(scope, state, effects);
  if (event == nullptr) return;
  update_stage(scope, state, *event, outcome);
  if (update_waits(scope, state, *event)) state.refresh_next_wake();

  Arbitration arbitration(scope, state, effects, outcome);
  fire_on_event(scope, *event, arbitration);
  arbitration.finish();
}

}  // namespace

StepError step(const Program& program, State& state, const Event& event, Effects effects, Outcome& outcome,
               ZoneTable zones) noexcept {
  outcome.clear();
  const std::int64_t time_ms = clamped(event.timestamp_ms);
  if (time_ms < state.clock_ms()) return StepError::too_early;
  state.clear_overflow();
  perform_waits(program, state, time_ms, effects, zones, outcome);
  state.set_clock_ms(time_ms);
  perform_event(Scope{program, state, &event, time_ms, zones}, state, effects, outcome);
  return state.overflowed() ? StepError::state_full : StepError::none;
}

StepError backfill(const Program& program, State& state, const Event& event) noexcept {
  const std::int64_t time_ms = clamped(event.timestamp_ms);
  if (time_ms < state.clock_ms()) return StepError::too_early;
  state.clear_overflow();
  state.set_clock_ms(time_ms);
  remember(Scope{program, state, &event, time_ms}, state, Effects::recorded);
  return state.overflowed() ? StepError::state_full : StepError::none;
}

StepError wake(const Program& program, State& state, std::int64_t now_ms, Effects effects, Outcome& outcome,
               ZoneTable zones) noexcept {
  outcome.clear();
  state.clear_overflow();
  perform_waits(program, state, clamped(now_ms), effects, zones, outcome);
  return state.overflowed() ? StepError::state_full : StepError::none;
}

}  // namespace desirepath
