#include "collector/ingest/timestamp.hpp"

#include <chrono>
#include <cstdio>

namespace desirepath::collector {

namespace {

constexpr std::int64_t kMinuteMs = 60 * 1000;

// Reads fixed-width fields from left to right; once something did not fit, nothing fits any more.
class FieldReader {
 public:
  explicit FieldReader(std::string_view text) : text_(text) {}

  int digits(std::size_t count) {
    int value = 0;
    for (std::size_t i = 0; i < count; ++i) {
      const char c = at_ < text_.size() ? text_[at_] : '\0';
      ok_ = ok_ && c >= '0' && c <= '9';
      value = value * 10 + (c - '0');
      ++at_;
    }
    return value;
  }
  bool accept(std::string_view any_of) {
    const bool found = at_ < text_.size() && any_of.find(text_[at_]) != std::string_view::npos;
    if (found) ++at_;
    return found;
  }
  void expect(std::string_view any_of) { ok_ = accept(any_of) && ok_; }
  char previous() const { return text_[at_ - 1]; }
  bool has_digit() const { return at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9'; }
  bool finished() const { return ok_ && at_ == text_.size(); }

 private:
  std::string_view text_;
  std::size_t at_ = 0;
  bool ok_ = true;
};

std::int64_t read_fraction_ms(FieldReader& reader) {
  std::int64_t ms = 0;
  std::int64_t scale = 100;
  bool any = false;
  while (reader.has_digit()) {
    ms += scale * reader.digits(1);
    scale /= 10;
    any = true;
  }
  if (!any) reader.digits(1);
  return ms;
}

}  // namespace

std::optional<std::int64_t> parse_timestamp(std::string_view text) {
  namespace chrono = std::chrono;
  FieldReader reader(text);
  const int year = reader.digits(4);
  reader.expect("-");
  const int month = reader.digits(2);
  reader.expect("-");
  const int day = reader.digits(2);
  reader.expect("T ");
  const int hour = reader.digits(2);
  reader.expect(":");
  const int minute = reader.digits(2);
  int second = 0;
  std::int64_t fraction_ms = 0;
  if (reader.accept(":")) {
    second = reader.digits(2);
    if (reader.accept(".")) fraction_ms = read_fraction_ms(reader);
  }
  std::int64_t offset_minutes = 0;
  if (!reader.accept("Z") && reader.accept("+-")) {
    const int sign = reader.previous() == '-' ? -1 : 1;
    const int hours = reader.digits(2);
    reader.accept(":");
    const int minutes = reader.digits(2);
    if (hours > 23 || minutes > 59) return std::nullopt;
    offset_minutes = sign * (hours * 60 + minutes);
  }
  const chrono::year_month_day date{chrono::year(year), chrono::month(static_cast<unsigned>(month)),
                                    chrono::day(static_cast<unsigned>(day))};
  if (!reader.finished() || year < 1970 || !date.ok() || hour > 23 || minute > 59 || second > 59) {
    return std::nullopt;
  }
  const std::int64_t days = chrono::sys_days(date).time_since_epoch().count();
  const std::int64_t time_ms = ((days * 24 + hour) * 60 + minute) * kMinuteMs + second * 1000 + fraction_ms -
                               offset_minutes * kMinuteMs;
  return time_ms < 0 ? std::nullopt : std::optional(time_ms);
}

std::string format_timestamp(std::int64_t time_ms) {
  namespace chrono = std::chrono;
  const chrono::sys_time<chrono::milliseconds> time{chrono::milliseconds(time_ms)};
  const auto day = chrono::floor<chrono::days>(time);
  const chrono::year_month_day date{day};
  const chrono::hh_mm_ss clock{time - day};
  char text[40];
  std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                static_cast<int>(clock.seconds().count()), static_cast<int>(clock.subseconds().count()));
  return text;
}

}  // namespace desirepath::collector
