// Wall-clock time. The engine knows no zone: the host hands in the rules of those it needs, as data.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace desirepath {

// From a moment on the zone's clocks stand at another offset. Both in whole minutes: the moment since 1970
// UTC, the offset east of UTC.
struct OffsetChange {
  std::int32_t at_minute;
  std::int32_t offset_minutes;
};

// What one zone's clocks do. A view: the host owns name and changes. Changes are sorted by time; hosts hand
// in those of 2000 to 2037, and before and after them the nearest offset stands.
struct ZoneRules {
  std::string_view name;  // of the IANA data base: "Europe/Berlin"
  std::int32_t first_offset_minutes = 0;
  std::span<const OffsetChange> changes{};

  // Offset at a moment, within ±kUtcOffsetMinutesMax whatever the host handed in.
  std::int32_t offset_at(std::int64_t time_ms) const noexcept;
  // The first moment at which the zone's clocks show `face_ms`, said in milliseconds since 1970 as if it were
  // UTC; of a time that a change skips, later by what it skips.
  std::int64_t moment_of(std::int64_t face_ms) const noexcept;
};

// The rules a host hands in with a call. A zone that is not among them is unknown.
using ZoneTable = std::span<const ZoneRules>;

struct LocalTime {
  std::int32_t year = 1970;
  std::int32_t month = 1;    // 1 to 12
  std::int32_t day = 1;      // 1 to 31
  std::int32_t weekday = 1;  // 1 (Monday) to 7
  std::int32_t hour = 0;
  std::int32_t minute = 0;
};

// A person's clock: a zone's rules, or one offset where there is no zone.
class LocalClock {
 public:
  explicit LocalClock(std::int32_t offset_minutes) noexcept;
  // `zone` must outlive the clock.
  explicit LocalClock(const ZoneRules& zone) noexcept : zone_(&zone) {}

  std::int32_t offset_at(std::int64_t time_ms) const noexcept {
    return zone_ == nullptr ? offset_minutes_ : zone_->offset_at(time_ms);
  }
  LocalTime at(std::int64_t time_ms) const noexcept;
  // Minutes since local midnight, 0 to 1439, of the clock's face.
  std::int32_t minute_of_day(std::int64_t time_ms) const noexcept;

  // The moment at which this clock shows minute `minute_of_day` of a day (in days since 1970-01-01, within
  // ten million either way). A time that a change skips is later by what it skips; of one that comes twice,
  // the first.
  std::int64_t moment_of(std::int64_t day, std::int32_t minute_of_day) const noexcept;

 private:
  std::int64_t local_ms(std::int64_t time_ms) const noexcept;

  const ZoneRules* zone_ = nullptr;
  std::int32_t offset_minutes_ = 0;
};

// Days since 1970-01-01 of a date of the Gregorian calendar. Method: Howard Hinnant, "chrono-compatible
// low-level date algorithms", days_from_civil.
std::int64_t day_of(std::int32_t year, std::int32_t month, std::int32_t day) noexcept;

}  // namespace desirepath
