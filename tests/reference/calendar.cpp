#include "tests/reference/calendar.hpp"

#include <cstdio>
#include <cstdlib>

namespace desirepath::reference {

namespace {

constexpr Time kDay = 24 * 60 * 60 * 1000;

bool is_leap(std::int64_t year) {
  return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

int days_in(std::int64_t year, int month) {
  constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return kDays[month - 1] + (month == 2 && is_leap(year) ? 1 : 0);
}

}  // namespace

Time parse_duration(const std::string& text) {
  char* unit = nullptr;
  const Time count = std::strtoll(text.c_str(), &unit, 10);
  const std::string word(unit);
  if (word == "ms") return count;
  if (word == "s") return count * 1000;
  if (word == "m") return count * 60 * 1000;
  if (word == "h") return count * 60 * 60 * 1000;
  if (word == "d") return count * kDay;
  if (word == "w") return count * 7 * kDay;
  return count * 365 * kDay;
}

Time duration_of(const Json& object, const char* key) {
  const std::string text = text_of(object, key);
  return text.empty() ? 0 : parse_duration(text);
}

std::int64_t days_of(const Date& date) {
  std::int64_t days = 0;
  for (std::int64_t year = 1970; year < date.year; ++year) days += is_leap(year) ? 366 : 365;
  for (std::int64_t year = date.year; year < 1970; ++year) days -= is_leap(year) ? 366 : 365;
  for (int month = 1; month < date.month; ++month) days += days_in(date.year, month);
  return days + date.day - 1;
}

Date date_of(std::int64_t days) {
  Date date{1970, 1, 1};
  for (; days < 0; days += is_leap(date.year) ? 366 : 365) --date.year;
  for (; days >= (is_leap(date.year) ? 366 : 365); ++date.year) days -= is_leap(date.year) ? 366 : 365;
  for (; days >= days_in(date.year, date.month); ++date.month) days -= days_in(date.year, date.month);
  date.day += static_cast<int>(days);
  return date;
}

std::string timestamp_of(Time time) {
  const Date date = date_of(time / kDay);
  const int ms = static_cast<int>(time % kDay);
  char text[40];
  std::snprintf(text, sizeof text, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", static_cast<int>(date.year),
                date.month, date.day, ms / 3600000, ms / 60000 % 60, ms / 1000 % 60, ms % 1000);
  return text;
}

Time parse_timestamp(const std::string& text) {
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, ms = 0;
  if (std::sscanf(text.c_str(), "%d-%d-%dT%d:%d:%d.%dZ", &year, &month, &day, &hour, &minute, &second, &ms) !=
      7) {
    return 0;
  }
  return days_of({year, month, day}) * kDay + ((hour * 60 + minute) * 60 + second) * Time{1000} + ms;
}

}  // namespace desirepath::reference
