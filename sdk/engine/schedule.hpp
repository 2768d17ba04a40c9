// Schedules: triggers that wait for a date a fact holds.
#pragma once

#include <cstdint>

#include "sdk/engine/condition.hpp"

namespace desirepath {

// Whether the trigger waits for a date, and not after an occasion.
inline bool is_scheduled(const format::TriggerRecord& trigger) noexcept {
  return trigger.waits != 0 && trigger.wait_ms == 0;
}

// When the schedule's trigger is to fire for this person; kNoTime where the fact holds no date.
std::int64_t scheduled_ms(const Scope& scope, const format::ScheduleRecord& schedule) noexcept;

// Sets the waits whose date the scope's event may have changed; `schedules` is a range of section lists. A
// wait stays, with the event it goes back to, where its time stays; it ends where there is no date, or one
// that is not to come any more.
void set_schedules(const Scope& scope, State& state, format::Range schedules) noexcept;

// Ends the waits for dates that are due at or before `time_ms`: they came before this version of the journey
// did.
void pass_over_dates(const Program& program, State& state, std::int64_t time_ms) noexcept;

}  // namespace desirepath
