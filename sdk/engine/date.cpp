#include "sdk/engine/date.hpp"

#include "sdk/engine/limits.hpp"
#include "sdk/engine/local_time.hpp"

namespace desirepath {

namespace {

constexpr std::int64_t kSecondMs = 1000;
constexpr std::int64_t kMinuteMs = 60 * kSecondMs;
constexpr std::int64_t kDayMs = kMinutesPerDay * kMinuteMs;
constexpr int kFractionDigitsMax = 9;

// What is left to read. Once something is not there, nothing is.
class DateReader {
 public:
  explicit DateReader(std::string_view text) noexcept : text_(text) {}

  bool failed() const noexcept { return failed_; }
  bool at_end() const noexcept { return at_ == text_.size(); }

  bool take(char wanted) noexcept {
    if (at_end() || text_[at_] != wanted) return false;
    ++at_;
    return true;
  }
  void demand(char wanted) noexcept { failed_ = failed_ || !take(wanted); }

  // A number of exactly so many digits, from `low` to `high`.
  std::int32_t number(int digits, std::int32_t low, std::int32_t high) noexcept {
    std::int32_t value = 0;
    for (int i = 0; i < digits; ++i) value = value * 10 + digit();
    failed_ = failed_ || value < low || value > high;
    return value;
  }

  // The digits behind a point, as milliseconds.
  std::int64_t fraction_ms() noexcept {
    std::int64_t value = 0;
    int digits = 0;
    while (!at_end() && text_[at_] >= '0' && text_[at_] <= '9') {
      const std::int32_t next = digit();
      if (digits++ < 3) value = value * 10 + next;
    }
    failed_ = failed_ || digits == 0 || digits > kFractionDigitsMax;
    return digits == 1 ? value * 100 : digits == 2 ? value * 10 : value;
  }

 private:
  std::int32_t digit() noexcept {
    if (at_end() || text_[at_] < '0' || text_[at_] > '9') {
      failed_ = true;
      return 0;
    }
    return text_[at_++] - '0';
  }

  std::string_view text_;
  std::size_t at_ = 0;
  bool failed_ = false;
};

std::int32_t days_of_month(std::int32_t year, std::int32_t month) noexcept {
  if (month == 2) return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28;
  return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

std::int64_t read_offset_ms(DateReader& reader) noexcept {
  if (reader.take('Z')) return 0;
  const bool is_west = reader.take('-');
  if (!is_west) reader.demand('+');
  const std::int32_t hours = reader.number(2, 0, 23);
  reader.demand(':');
  const std::int64_t offset_ms = (hours * 60 + reader.number(2, 0, 59)) * kMinuteMs;
  return is_west ? -offset_ms : offset_ms;
}

std::int64_t read_time_ms(DateReader& reader) noexcept {
  const std::int32_t hour = reader.number(2, 0, 23);
  reader.demand(':');
  std::int64_t time_ms = (hour * 60 + reader.number(2, 0, 59)) * kMinuteMs;
  if (reader.take(':')) {
    time_ms += reader.number(2, 0, 59) * kSecondMs;
    if (reader.take('.')) time_ms += reader.fraction_ms();
  }
  return time_ms;
}

}  // namespace

Date parse_date(std::string_view text) noexcept {
  DateReader reader(text);
  const std::int32_t year = reader.number(4, 0, 9999);
  reader.demand('-');
  const std::int32_t month = reader.number(2, 1, 12);
  reader.demand('-');
  const std::int32_t day = reader.number(2, 1, days_of_month(year, month));
  if (reader.failed()) return {};
  Date date{true, reader.at_end(), day_of(year, month, day) * kDayMs};
  if (date.is_day) return date;
  reader.demand('T');
  date.ms += read_time_ms(reader);
  date.ms -= read_offset_ms(reader);
  return reader.failed() || !reader.at_end() ? Date{} : date;
}

Date date_of(const Value& value) noexcept {
  if (value.is_string()) return parse_date(value.text());
  if (!value.is_number()) return {};
  const double ms = value.number();
  if (!(ms >= -static_cast<double>(kTimeMaxMs) && ms <= static_cast<double>(kTimeMaxMs))) return {};
  return {true, false, static_cast<std::int64_t>(ms)};
}

}  // namespace desirepath
