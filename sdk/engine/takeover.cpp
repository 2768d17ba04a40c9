#include "sdk/engine/takeover.hpp"

#include "sdk/engine/bytes.hpp"
#include "sdk/engine/experiment.hpp"
#include "sdk/engine/features.hpp"
#include "sdk/engine/instant.hpp"
#include "sdk/engine/limits.hpp"
#include "sdk/engine/schedule.hpp"
#include "sdk/engine/stage.hpp"

namespace desirepath {

using namespace format;

namespace {

// When a wait of `earlier` ends under the new program; kNever where it does not go on.
std::int64_t heir_of_wait(const Scope& scope, const Scope& earlier, std::uint32_t key,
                          std::int64_t due_ms) noexcept {
  const std::int64_t now = scope.program.find_trigger(key);
  const std::int64_t then = earlier.program.find_trigger(key);
  if (now < 0 || scope.program.triggers()[static_cast<std::uint32_t>(now)].waits == 0) return State::kNever;
  if (scope.program.header().migrates_waits == 0 || then < 0) return due_ms;
  // What waits for a date has been set by the facts already.
  if (is_scheduled(scope.program.triggers()[static_cast<std::uint32_t>(now)])) return State::kNever;
  if (is_scheduled(earlier.program.triggers()[static_cast<std::uint32_t>(then)])) return due_ms;
  const std::int64_t began_ms = due_ms - form_of(earlier, static_cast<std::uint32_t>(then)).wait_ms;
  const std::int64_t moved_ms = began_ms + form_of(scope, static_cast<std::uint32_t>(now)).wait_ms;
  return moved_ms < scope.time_ms ? scope.time_ms : moved_ms > kTimeMaxMs ? kTimeMaxMs : moved_ms;
}

}  // namespace

bool take_over(const Program& program, State& state, const Program& earlier, const State& before,
               std::int64_t time_ms) noexcept {
  if (state.clock_ms() == State::kNoClock) return true;
  state.clear_overflow();
  if constexpr (builds(kFeatureSchedule)) pass_over_dates(program, state, time_ms);
  if constexpr (builds(kFeatureExperiment)) inherit_places(program, state, before);
  const Scope scope{program, state, nullptr, time_ms};
  const Scope scope_before{earlier, before, nullptr, time_ms};
  before.for_each([&](std::uint32_t key, Family family, Payload payload) {
    if (family != Family::wait || payload.size() < kTimeBytes) return;
    const std::int64_t due_ms = heir_of_wait(scope, scope_before, key, load_time(payload.data()));
    if (due_ms == State::kNever) return;
    const MutablePayload record = state.resize(key, family, payload.size());
    if (!record) return;
    std::memcpy(record.data(), payload.data(), payload.size());
    store_time(record.data(), due_ms);
  });
  inherit_stage(program, state, before, time_ms);
  look_at_all(Scope{program, state, nullptr, time_ms}, state);
  if (time_ms > state.clock_ms()) state.set_clock_ms(time_ms);
  state.refresh_next_wake();
  return !state.overflowed();
}

}  // namespace desirepath
