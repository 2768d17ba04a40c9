#include "sdk/compiler/duration.hpp"

#include <charconv>

namespace desirepath::compiler {

namespace {

struct Unit {
  std::string_view name;
  std::int64_t ms;
};

constexpr std::int64_t kDayMs = 24LL * 60 * 60 * 1000;
constexpr Unit kUnits[] = {{"ms", 1},     {"s", 1000},       {"m", 60 * 1000},   {"h", 60 * 60 * 1000},
                           {"d", kDayMs}, {"w", 7 * kDayMs}, {"y", 365 * kDayMs}};
constexpr std::int64_t kDurationMaxMs = 1000 * 365 * kDayMs;

}  // namespace

std::optional<std::int64_t> parse_duration(std::string_view text) {
  std::int64_t count = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (problem != std::errc() || count <= 0) return std::nullopt;
  const std::string_view name = text.substr(static_cast<std::size_t>(end - text.data()));
  for (const Unit& unit : kUnits) {
    if (unit.name != name) continue;
    if (count > kDurationMaxMs / unit.ms) return std::nullopt;
    return count * unit.ms;
  }
  return std::nullopt;
}

std::optional<std::uint32_t> parse_time_of_day(std::string_view text) {
  if (text.size() != 5 || text[2] != ':') return std::nullopt;
  std::uint32_t digits[4];
  std::size_t count = 0;
  for (const std::size_t at : {0, 1, 3, 4}) {
    if (text[at] < '0' || text[at] > '9') return std::nullopt;
    digits[count++] = static_cast<std::uint32_t>(text[at] - '0');
  }
  const std::uint32_t hour = digits[0] * 10 + digits[1];
  const std::uint32_t minute = digits[2] * 10 + digits[3];
  if (hour > 23 || minute > 59) return std::nullopt;
  return hour * 60 + minute;
}

}  // namespace desirepath::compiler
