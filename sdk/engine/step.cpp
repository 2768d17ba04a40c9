#include "sdk/engine/step.hpp"

#include "sdk/engine/instant.hpp"
#include "sdk/engine/limits.hpp"

namespace desirepath {

namespace {

std::int64_t clamped(std::int64_t time_ms) noexcept {
  return time_ms < 0 ? 0 : time_ms > kTimeMaxMs ? kTimeMaxMs : time_ms;
}

// What is due up to `until_ms`, one instant after the other, as far as the outcome has room.
StepError perform_all_due(const Program& program, State& state, std::int64_t until_ms, Effects effects,
                          ZoneTable zones, Outcome& outcome) noexcept {
  while (state.next_wake_ms() <= until_ms) {
    if (!outcome.has_room(program.header())) return StepError::more;
    const std::int64_t due_ms = state.next_wake_ms();
    perform_due(Scope{program, state, nullptr, due_ms, zones}, state, effects, outcome);
    if (state.overflowed()) return StepError::state_full;
    if (due_ms > state.clock_ms()) state.set_clock_ms(due_ms);
    state.refresh_next_wake();
  }
  return StepError::none;
}

}  // namespace

StepError step(const Program& program, State& state, const Event& event, Effects effects, Outcome& outcome,
               ZoneTable zones) noexcept {
  outcome.clear();
  const std::int64_t time_ms = clamped(event.timestamp_ms);
  if (time_ms < state.clock_ms()) return StepError::too_early;
  state.clear_overflow();
  const StepError woken = perform_all_due(program, state, time_ms, effects, zones, outcome);
  if (woken != StepError::none) return woken;
  if (!outcome.has_room(program.header())) return StepError::more;
  const bool is_beginning = state.clock_ms() == State::kNoClock;
  state.set_clock_ms(time_ms);
  perform_event(Scope{program, state, &event, time_ms, zones}, state, effects, is_beginning, outcome);
  state.refresh_next_wake();
  return state.overflowed() ? StepError::state_full : StepError::none;
}

StepError backfill(const Program& program, State& state, const Event& event, ZoneTable zones) noexcept {
  const std::int64_t time_ms = clamped(event.timestamp_ms);
  if (time_ms < state.clock_ms()) return StepError::too_early;
  state.clear_overflow();
  const bool is_beginning = state.clock_ms() == State::kNoClock;
  state.set_clock_ms(time_ms);
  learn_event(Scope{program, state, &event, time_ms, zones}, state, is_beginning);
  state.refresh_next_wake();
  return state.overflowed() ? StepError::state_full : StepError::none;
}

StepError wake(const Program& program, State& state, std::int64_t now_ms, Effects effects, Outcome& outcome,
               ZoneTable zones) noexcept {
  outcome.clear();
  state.clear_overflow();
  return perform_all_due(program, state, clamped(now_ms), effects, zones, outcome);
}

}  // namespace desirepath
