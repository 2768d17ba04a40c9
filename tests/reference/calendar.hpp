// Times and durations as texts.
#pragma once

#include <string>

#include "tests/reference/history.hpp"

namespace desirepath::reference {

// "30m", "-2d": a whole number and one of ms s m h d w y.
Time parse_duration(const std::string& text);
// The duration an object holds under a key; 0 where it holds none.
Time duration_of(const Json& object, const char* key);

struct Date {
  std::int64_t year;
  int month;  // 1 to 12
  int day;    // 1 to 31
};

// Days since 1970-01-01, and back.
std::int64_t days_of(const Date& date);
Date date_of(std::int64_t days);

// "YYYY-MM-DDTHH:MM:SS.sssZ", and back.
std::string timestamp_of(Time time);
Time parse_timestamp(const std::string& text);

}  // namespace desirepath::reference
