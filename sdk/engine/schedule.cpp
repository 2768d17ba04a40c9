#include "sdk/engine/schedule.hpp"

#include "sdk/engine/date.hpp"
#include "sdk/engine/features.hpp"
#include "sdk/engine/limits.hpp"
#include "sdk/engine/person_clock.hpp"
#include "sdk/engine/wait.hpp"

namespace desirepath {

using namespace format;

namespace {

constexpr std::int64_t kMinuteMs = 60'000;
constexpr std::int64_t kDayMs = kMinutesPerDay * kMinuteMs;

NodeRecord subject_of(const ScheduleRecord& schedule) noexcept {
  const bool is_trait = schedule.source == static_cast<std::uint32_t>(DateSource::trait);
  NodeRecord node{};
  node.subject = static_cast<std::uint8_t>(is_trait ? Subject::trait : Subject::behavior);
  node.index = schedule.index;
  node.path = schedule.path;
  return node;
}

// At a minute of the person's day on which the date, with the offset, falls: a day is a day everywhere, a
// moment falls on the day the person's clock shows.
std::int64_t at_minute(const Scope& scope, const Date& date, std::int64_t offset_ms,
                       std::int32_t minute) noexcept {
  const LocalClock clock = person_clock(scope.state, scope.zones);
  const std::int64_t moment_ms = date.ms + offset_ms;
  const std::int64_t face_ms = date.is_day ? moment_ms : moment_ms + clock.offset_at(moment_ms) * kMinuteMs;
  const std::int64_t day = face_ms / kDayMs - (face_ms % kDayMs < 0 ? 1 : 0);
  return clock.moment_of(day, minute);
}

}  // namespace

std::int64_t scheduled_ms(const Scope& scope, const ScheduleRecord& schedule) noexcept {
  const Date date = date_of(subject_value(scope, subject_of(schedule)));
  if (!date.ok) return kNoTime;
  if constexpr (builds(kFeatureLocalTime)) {
    if (schedule.minute != 0) {
      return at_minute(scope, date, schedule.offset_ms, static_cast<std::int32_t>(schedule.minute - 1));
    }
  }
  return date.ms + schedule.offset_ms;
}

void set_schedules(const Scope& scope, State& state, Range schedules) noexcept {
  for (std::uint32_t i = schedules.begin; i < schedules.end; ++i) {
    const ScheduleRecord& schedule = scope.program.schedules()[scope.program.list(i)];
    const TriggerRecord& trigger = scope.program.triggers()[schedule.trigger];
    const std::int64_t due_ms = scheduled_ms(scope, schedule);
    if (due_ms <= scope.time_ms || due_ms > kTimeMaxMs) {
      state.erase(trigger.key, Family::wait);
    } else if (due_of_wait(state, trigger) != due_ms) {
      set_wait(state, trigger, due_ms, scope.event->message_id);
    }
  }
}

void pass_over_dates(const Program& program, State& state, std::int64_t time_ms) noexcept {
  for (std::uint32_t i = 0; i < program.schedules().size(); ++i) {
    const TriggerRecord& trigger = program.triggers()[program.schedules()[i].trigger];
    if (due_of_wait(state, trigger) <= time_ms) state.erase(trigger.key, Family::wait);
  }
}

}  // namespace desirepath
