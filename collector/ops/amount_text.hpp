// Amounts as people write them: counts, sizes, times.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace desirepath::collector {

// "-12"; none for anything but a whole number.
std::optional<std::int64_t> parse_count(std::string_view text);

// Bytes: "500", "500B", "500KB" (thousands), "64MiB" (1,024s), up to G. Not below 0.
std::optional<std::int64_t> parse_bytes(std::string_view text);
// The largest unit of which it is a whole number.
std::string write_bytes(std::int64_t bytes);

// Milliseconds: "90s", "30d", with units ms, s, m, h, d, w, y (365 days); "0".
std::optional<std::int64_t> parse_time(std::string_view text);
std::string write_time(std::int64_t ms);

}  // namespace desirepath::collector
