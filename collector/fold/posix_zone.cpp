#include "collector/fold/posix_zone.hpp"

#include "sdk/engine/local_time.hpp"

namespace desirepath::collector {

namespace {

constexpr std::int64_t kDaySeconds = 86'400;
constexpr std::int32_t kHoursMax = 167;

bool is_leap(std::int32_t year) {
  return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

// A reader that never passes the end: once it failed, everything it returns is 0.
class RuleReader {
 public:
  explicit RuleReader(std::string_view text) : rest_(text) {}

  bool ok() const { return ok_; }
  bool at_end() const { return rest_.empty(); }
  bool at_rule() const { return !rest_.empty() && rest_.front() == ','; }
  bool take(char c) {
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }
  void expect(char c) { ok_ = take(c) && ok_; }

  // At least three letters, or anything in <…>.
  void name() {
    std::size_t size = 0;
    if (take('<')) {
      size = rest_.find('>');
      ok_ = ok_ && size != std::string_view::npos && size > 0;
      if (ok_) rest_.remove_prefix(size + 1);
      return;
    }
    const auto is_letter = [](char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); };
    while (size < rest_.size() && is_letter(rest_[size])) ++size;
    ok_ = ok_ && size >= 3;
    rest_.remove_prefix(size);
  }
  std::int32_t number(std::int32_t low, std::int32_t high) {
    std::int32_t value = 0;
    std::size_t size = 0;
    while (size < rest_.size() && size < 4 && rest_[size] >= '0' && rest_[size] <= '9') {
      value = value * 10 + (rest_[size++] - '0');
    }
    ok_ = ok_ && size > 0 && value >= low && value <= high;
    rest_.remove_prefix(size);
    return ok_ ? value : 0;
  }
  // [+-]hh[:mm[:ss]]
  std::int32_t seconds() {
    const bool is_negative = take('-');
    if (!is_negative) take('+');
    std::int32_t value = number(0, kHoursMax) * 3600;
    if (take(':')) value += number(0, 59) * 60;
    if (take(':')) value += number(0, 59);
    return is_negative ? -value : value;
  }
  PosixMoment moment() {
    PosixMoment moment;
    expect(',');
    if (take('M')) {
      moment.month = number(1, 12);
      expect('.');
      moment.week = number(1, 5);
      expect('.');
      moment.weekday = number(0, 6);
    } else {
      const bool without_leap = take('J');
      moment.kind = without_leap ? PosixMoment::Day::julian_without_leap : PosixMoment::Day::julian;
      moment.day = without_leap ? number(1, 365) : number(0, 365);
    }
    if (take('/')) moment.seconds = seconds();
    return moment;
  }

 private:
  std::string_view rest_;
  bool ok_ = true;
};

std::int64_t day_in_year(const PosixMoment& moment, std::int32_t year) {
  const std::int64_t new_year = day_of(year, 1, 1);
  switch (moment.kind) {
    case PosixMoment::Day::julian: return new_year + moment.day;
    case PosixMoment::Day::julian_without_leap:
      return new_year + moment.day - 1 + (is_leap(year) && moment.day >= 60 ? 1 : 0);
    case PosixMoment::Day::month_week: break;
  }
  const std::int64_t first = day_of(year, moment.month, 1);
  const std::int64_t next_month =
      moment.month == 12 ? day_of(year + 1, 1, 1) : day_of(year, moment.month + 1, 1);
  const std::int64_t weekday_of_first = ((first + 4) % 7 + 7) % 7;
  std::int64_t day = first + (moment.weekday - weekday_of_first + 7) % 7 + (moment.week - 1) * 7;
  while (day >= next_month) day -= 7;
  return day;
}

}  // namespace

std::int64_t PosixMoment::in_year(std::int32_t year) const {
  return day_in_year(*this, year) * kDaySeconds + seconds;
}

std::optional<PosixZone> parse_posix_zone(std::string_view text) {
  RuleReader reader(text);
  PosixZone zone;
  reader.name();
  zone.standard_seconds = -reader.seconds();
  zone.has_summer = !reader.at_end();
  if (zone.has_summer) {
    reader.name();
    zone.summer_seconds = zone.standard_seconds + 3600;
    if (!reader.at_rule()) zone.summer_seconds = -reader.seconds();
    zone.summer_begins = reader.moment();
    zone.summer_ends = reader.moment();
  }
  if (!reader.ok() || !reader.at_end()) return std::nullopt;
  return zone;
}

}  // namespace desirepath::collector
