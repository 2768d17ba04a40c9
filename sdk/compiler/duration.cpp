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

}  // namespace desirepath::compiler
