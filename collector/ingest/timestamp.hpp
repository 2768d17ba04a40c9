// Points in time as text: ISO 8601 in, one fixed form out.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace desirepath::collector {

// Reads `YYYY-MM-DD[T ]HH:MM[:SS[.f+]][Z|±HH[:]MM]` (no zone: UTC), years 1970 to 9999, as milliseconds since
// 1970; digits below the millisecond are cut off. None for anything else, also for days a month does not
// have.
std::optional<std::int64_t> parse_timestamp(std::string_view text);

// `YYYY-MM-DDTHH:MM:SS.sssZ`.
std::string format_timestamp(std::int64_t time_ms);

}  // namespace desirepath::collector
