// The rule of a zone's clocks that stands for ever, as the end of a time zone file has it:
// "CET-1CEST,M3.5.0,M10.5.0/3". POSIX.1-2017, Base Definitions 8.3 (TZ), with the hours beyond a day of RFC
// 8536.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace desirepath::collector {

// A day of the year and a time on it.
struct PosixMoment {
  enum class Day : std::uint8_t { month_week, julian_without_leap, julian };
  Day kind = Day::month_week;
  std::int32_t month = 0;              // 1 to 12
  std::int32_t week = 0;               // 1 to 5, 5 the last
  std::int32_t weekday = 0;            // 0 (Sunday) to 6
  std::int32_t day = 0;                // of a Julian day
  std::int32_t seconds = 2 * 60 * 60;  // since local midnight, −167 to 167 hours

  // Seconds since 1970 on the local clock, in a year.
  std::int64_t in_year(std::int32_t year) const;
};

struct PosixZone {
  std::int32_t standard_seconds = 0;  // east of UTC
  bool has_summer = false;
  std::int32_t summer_seconds = 0;
  PosixMoment summer_begins;  // by the standard clock
  PosixMoment summer_ends;    // by the summer clock
};

// None for what is no rule.
std::optional<PosixZone> parse_posix_zone(std::string_view text);

}  // namespace desirepath::collector
