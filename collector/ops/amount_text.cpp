#include "collector/ops/amount_text.hpp"

#include <charconv>
#include <limits>
#include <span>

#include "sdk/compiler/duration.hpp"

namespace desirepath::collector {
namespace {

struct Unit {
  std::string_view name;
  std::int64_t size;
};
constexpr Unit kByteUnits[] = {{"GiB", 1LL << 30}, {"GB", 1'000'000'000}, {"MiB", 1 << 20}, {"MB", 1'000'000},
                               {"KiB", 1 << 10},   {"KB", 1'000},         {"B", 1}};
constexpr Unit kTimeUnits[] = {{"d", 86'400'000}, {"h", 3'600'000}, {"m", 60'000}, {"s", 1'000}, {"ms", 1}};

std::string with_unit(std::int64_t value, std::span<const Unit> units) {
  for (const Unit& unit : units) {
    if (value != 0 && value % unit.size == 0) return std::to_string(value / unit.size).append(unit.name);
  }
  return "0";
}

}  // namespace

std::optional<std::int64_t> parse_count(std::string_view text) {
  std::int64_t number = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
  if (parsed.ec != std::errc() || parsed.ptr != text.data() + text.size()) return std::nullopt;
  return number;
}

std::optional<std::int64_t> parse_bytes(std::string_view text) {
  std::int64_t size = 1;
  for (const Unit& unit : kByteUnits) {
    if (!text.ends_with(unit.name)) continue;
    size = unit.size;
    text.remove_suffix(unit.name.size());
    break;
  }
  const auto count = parse_count(text);
  if (!count || *count < 0 || *count > std::numeric_limits<std::int64_t>::max() / size) return std::nullopt;
  return *count * size;
}

std::string write_bytes(std::int64_t bytes) {
  return with_unit(bytes, kByteUnits);
}

std::optional<std::int64_t> parse_time(std::string_view text) {
  if (text == "0") return 0;
  return compiler::parse_duration(text);
}

std::string write_time(std::int64_t ms) {
  return with_unit(ms, kTimeUnits);
}

}  // namespace desirepath::collector
