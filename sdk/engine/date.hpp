// Dates as facts hold them: text of ISO 8601, or milliseconds.
#pragma once

#include <cstdint>
#include <string_view>

#include "sdk/engine/value.hpp"

namespace desirepath {

struct Date {
  bool ok = false;
  // A calendar day without a time: `ms` is its midnight, as if it were UTC.
  bool is_day = false;
  std::int64_t ms = 0;
};

// Reads `YYYY-MM-DD`, or `YYYY-MM-DDTHH:MM[:SS[.f]]` followed by `Z` or `±HH:MM`: a day that the month has,
// hours to 23, seconds to 59, one to nine digits behind the point of which those below the millisecond are
// cut off, offsets to 23:59. Nothing around it.
Date parse_date(std::string_view text) noexcept;

// The date a fact holds: a text as above, or a number of milliseconds since 1970 within ±kTimeMaxMs, cut to a
// whole one.
Date date_of(const Value& value) noexcept;

}  // namespace desirepath
