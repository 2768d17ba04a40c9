#include "sdk/engine/local_time.hpp"

#include <doctest/doctest.h>

#include <vector>

#include "sdk/engine/limits.hpp"

using namespace desirepath;

namespace {

constexpr std::int64_t kMinuteMs = 60'000;
constexpr std::int64_t kHourMs = 60 * kMinuteMs;
constexpr std::int64_t kDayMs = 24 * kHourMs;

constexpr std::int64_t utc(std::int64_t day, int hour = 0, int minute = 0) {
  return day * kDayMs + hour * kHourMs + minute * kMinuteMs;
}

std::int32_t minute_at(std::int64_t time_ms) {
  return static_cast<std::int32_t>(time_ms / kMinuteMs);
}

// Berlin in 2026: summer time from March 29, 01:00 UTC to October 25, 01:00 UTC.
const std::vector<OffsetChange> kBerlin2026 = {{minute_at(utc(day_of(2026, 3, 29), 1)), 120},
                                               {minute_at(utc(day_of(2026, 10, 25), 1)), 60}};
const ZoneRules kBerlin{"Europe/Berlin", 60, kBerlin2026};
// Lord Howe in 2026: half an hour back on April 4, 15:00 UTC, forward on October 3, 15:30 UTC.
const std::vector<OffsetChange> kLordHowe2026 = {{minute_at(utc(day_of(2026, 4, 4), 15)), 630},
                                                 {minute_at(utc(day_of(2026, 10, 3), 15, 30)), 660}};
const ZoneRules kLordHowe{"Australia/Lord_Howe", 660, kLordHowe2026};

}  // namespace

TEST_CASE("dates of the Gregorian calendar, forth and back") {
  CHECK(day_of(1970, 1, 1) == 0);
  CHECK(day_of(2000, 3, 1) == 11017);
  CHECK(day_of(1969, 12, 31) == -1);
  CHECK(day_of(10889, 8, 2) == 3257812);
  const LocalClock clock(0);
  for (std::int64_t day = -1000; day < 400000; day += 17) {
    const LocalTime time = clock.at(utc(day, 13, 7) + 59'999);
    CHECK(day_of(time.year, time.month, time.day) == day);
    CHECK(time.hour == 13);
    CHECK(time.minute == 7);
    CHECK((day + 3 + 7000) % 7 + 1 == time.weekday);
  }
  const LocalTime leap = clock.at(utc(day_of(2024, 2, 29)));
  CHECK(leap.month == 2);
  CHECK(leap.day == 29);
  CHECK(leap.weekday == 4);
}

TEST_CASE("an offset moves the day, west before 1970 too") {
  const LocalTime west = LocalClock(-5 * 60).at(kHourMs);
  CHECK(west.year == 1969);
  CHECK(west.month == 12);
  CHECK(west.day == 31);
  CHECK(west.hour == 20);
  CHECK(west.weekday == 3);
  CHECK(LocalClock(-5 * 60).minute_of_day(kHourMs) == 20 * 60);
  CHECK(LocalClock(345).minute_of_day(utc(0, 23, 59)) == 5 * 60 + 44);
}

TEST_CASE("clocks are set forward and back") {
  const LocalClock berlin(kBerlin);
  const std::int64_t spring = day_of(2026, 3, 29);
  CHECK(berlin.minute_of_day(utc(spring, 1) - 1) == 1 * 60 + 59);
  CHECK(berlin.minute_of_day(utc(spring, 1)) == 3 * 60);
  const std::int64_t autumn = day_of(2026, 10, 25);
  CHECK(berlin.minute_of_day(utc(autumn, 1) - 1) == 2 * 60 + 59);
  CHECK(berlin.minute_of_day(utc(autumn, 1)) == 2 * 60);

  const LocalClock lord_howe(kLordHowe);
  CHECK(lord_howe.minute_of_day(utc(day_of(2026, 4, 4), 15) - 1) == 1 * 60 + 59);
  CHECK(lord_howe.minute_of_day(utc(day_of(2026, 4, 4), 15)) == 1 * 60 + 30);
  CHECK(lord_howe.minute_of_day(utc(day_of(2026, 10, 3), 15, 30)) == 2 * 60 + 30);
}

TEST_CASE("the moment of a time of day: skipped is later, twice is first, days of 23 and 25 hours") {
  const LocalClock berlin(kBerlin);
  const std::int64_t spring = day_of(2026, 3, 29);
  const std::int64_t autumn = day_of(2026, 10, 25);
  CHECK(berlin.moment_of(spring, 1 * 60 + 59) == utc(spring, 0, 59));
  CHECK(berlin.moment_of(spring, 2 * 60 + 30) == utc(spring, 1, 30));
  CHECK(berlin.moment_of(spring, 3 * 60) == utc(spring, 1));
  CHECK(berlin.moment_of(autumn, 2 * 60 + 30) == utc(autumn, 0, 30));
  CHECK(berlin.moment_of(autumn, 3 * 60) == utc(autumn, 2));
  CHECK(berlin.moment_of(spring + 1, 0) - berlin.moment_of(spring, 0) == 23 * kHourMs);
  CHECK(berlin.moment_of(autumn + 1, 0) - berlin.moment_of(autumn, 0) == 25 * kHourMs);

  const LocalClock lord_howe(kLordHowe);
  const std::int64_t back = day_of(2026, 4, 5);
  CHECK(lord_howe.moment_of(back, 1 * 60 + 45) == utc(back - 1, 14, 45));
  CHECK(lord_howe.moment_of(back, 2 * 60) == utc(back - 1, 15, 30));
  CHECK(lord_howe.moment_of(day_of(2026, 10, 4), 2 * 60 + 15) == utc(day_of(2026, 10, 3), 15, 45));

  // Forward at 05:00 and back again a day later: between the two the nearest offsets say nothing of each
  // other.
  const std::int64_t day = day_of(2026, 1, 1);
  const auto minute = static_cast<std::int32_t>(day * 1440);
  const OffsetChange changes[] = {{minute + 5 * 60, 120}, {minute + 26 * 60, 60}};
  const ZoneRules rules{"Made/Forward", 60, changes};
  const LocalClock short_summer(rules);
  CHECK(short_summer.moment_of(day, 23 * 60 + 59) == utc(day, 21, 59));
  CHECK(short_summer.moment_of(day, 6 * 60 + 30) == utc(day, 5, 30));
  CHECK(short_summer.moment_of(day + 1, 3 * 60 + 30) == utc(day + 1, 1, 30));
  CHECK(short_summer.moment_of(day + 1, 4 * 60) == utc(day + 1, 3));
}

TEST_CASE("every minute the clock shows is found again") {
  for (const ZoneRules& zone : {kBerlin, kLordHowe}) {
    const LocalClock clock(zone);
    for (std::int64_t time = utc(day_of(2026, 1, 1)); time < utc(day_of(2027, 1, 1));
         time += 37 * kMinuteMs) {
      const LocalTime shown = clock.at(time);
      const std::int64_t found =
          clock.moment_of(day_of(shown.year, shown.month, shown.day), shown.hour * 60 + shown.minute);
      CHECK(found <= time);
      CHECK(clock.minute_of_day(found) == shown.hour * 60 + shown.minute);
      CHECK((found == time || clock.offset_at(found) > clock.offset_at(time)));
    }
  }
}

TEST_CASE("rules that are no rules give some offset within the world's") {
  std::vector<OffsetChange> wild;
  for (int i = 0; i < 1000; ++i)
    wild.push_back({(i * 7919) % 1000 - 500, i % 2 == 0 ? INT32_MIN : INT32_MAX});
  const ZoneRules zone{"x", INT32_MAX, wild};
  const LocalClock clock(zone);
  for (const std::int64_t time : {std::int64_t{0}, std::int64_t{500} * kMinuteMs, kTimeMaxMs}) {
    CHECK(clock.offset_at(time) <= kUtcOffsetMinutesMax);
    CHECK(clock.offset_at(time) >= -kUtcOffsetMinutesMax);
    CHECK(clock.at(time).weekday >= 1);
    (void)clock.moment_of(time / kDayMs, 0);
  }
}
