#include "sdk/engine/local_time.hpp"

#include "sdk/engine/limits.hpp"

namespace desirepath {

namespace {

constexpr std::int64_t kMinuteMs = 60'000;
constexpr std::int64_t kDayMs = 1440 * kMinuteMs;

constexpr std::int64_t floor_div(std::int64_t a, std::int64_t b) {
  return a / b - (a % b < 0 ? 1 : 0);
}

std::int32_t bounded(std::int32_t offset_minutes) noexcept {
  return offset_minutes > kUtcOffsetMinutesMax    ? kUtcOffsetMinutesMax
         : offset_minutes < -kUtcOffsetMinutesMax ? -kUtcOffsetMinutesMax
                                                  : offset_minutes;
}

}  // namespace

std::int32_t ZoneRules::offset_at(std::int64_t time_ms) const noexcept {
  const std::int64_t minute = floor_div(time_ms, kMinuteMs);
  std::size_t low = 0;
  std::size_t high = changes.size();
  while (low < high) {
    const std::size_t middle = low + (high - low) / 2;
    if (changes[middle].at_minute <= minute) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return bounded(low == 0 ? first_offset_minutes : changes[low - 1].offset_minutes);
}

// From one change to the next: the first stretch the moment lies before the end of. It lies before the
// beginning too where the change skips what the clock should show; then it is counted by the clock that stood
// before.
std::int64_t ZoneRules::moment_of(std::int64_t face_ms) const noexcept {
  std::int64_t moment_ms = face_ms - bounded(first_offset_minutes) * kMinuteMs;
  for (const OffsetChange& change : changes) {
    const std::int64_t change_ms = change.at_minute * kMinuteMs;
    if (moment_ms < change_ms) return moment_ms;
    const std::int64_t then_ms = face_ms - bounded(change.offset_minutes) * kMinuteMs;
    if (then_ms < change_ms) return moment_ms;
    moment_ms = then_ms;
  }
  return moment_ms;
}

LocalClock::LocalClock(std::int32_t offset_minutes) noexcept : offset_minutes_(bounded(offset_minutes)) {}

std::int64_t LocalClock::local_ms(std::int64_t time_ms) const noexcept {
  return time_ms + offset_at(time_ms) * kMinuteMs;
}

// Method: Howard Hinnant, civil_from_days and weekday_from_days.
LocalTime LocalClock::at(std::int64_t time_ms) const noexcept {
  const std::int64_t local = local_ms(time_ms);
  const std::int64_t days = floor_div(local, kDayMs);
  const std::int64_t shifted = days + 719468;
  const std::int64_t era = floor_div(shifted, 146097);
  const std::int64_t day_of_era = shifted - era * 146097;
  const std::int64_t year_of_era =
      (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  const std::int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const std::int64_t month_from_march = (5 * day_of_year + 2) / 153;
  const std::int64_t month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;
  const std::int64_t minute = (local - days * kDayMs) / kMinuteMs;
  LocalTime time;
  time.year = static_cast<std::int32_t>(year_of_era + era * 400 + (month <= 2 ? 1 : 0));
  time.month = static_cast<std::int32_t>(month);
  time.day = static_cast<std::int32_t>(day_of_year - (153 * month_from_march + 2) / 5 + 1);
  time.weekday = static_cast<std::int32_t>(days + 3 - floor_div(days + 3, 7) * 7 + 1);
  time.hour = static_cast<std::int32_t>(minute / 60);
  time.minute = static_cast<std::int32_t>(minute % 60);
  return time;
}

std::int32_t LocalClock::minute_of_day(std::int64_t time_ms) const noexcept {
  const std::int64_t local = local_ms(time_ms);
  return static_cast<std::int32_t>((local - floor_div(local, kDayMs) * kDayMs) / kMinuteMs);
}

std::int64_t LocalClock::moment_of(std::int64_t day, std::int32_t minute_of_day) const noexcept {
  const std::int64_t face_ms = day * kDayMs + minute_of_day * kMinuteMs;
  return zone_ == nullptr ? face_ms - offset_minutes_ * kMinuteMs : zone_->moment_of(face_ms);
}

std::int64_t day_of(std::int32_t year, std::int32_t month, std::int32_t day) noexcept {
  const std::int64_t from_march = month <= 2 ? year - 1 : year;
  const std::int64_t era = floor_div(from_march, 400);
  const std::int64_t year_of_era = from_march - era * 400;
  const std::int64_t day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  const std::int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146097 + day_of_era - 719468;
}

}  // namespace desirepath
