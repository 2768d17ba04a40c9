// Durations and times of day as people write them: "30m", "7d", "21:00".
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace desirepath::compiler {

// A whole number and a unit of ms, s, m, h, d, w, y (365 days); in milliseconds. None for anything else, zero
// and durations beyond a thousand years.
std::optional<std::int64_t> parse_duration(std::string_view text);

// "HH:MM", 00:00 to 23:59; in minutes since midnight. None for anything else.
std::optional<std::uint32_t> parse_time_of_day(std::string_view text);

}  // namespace desirepath::compiler
