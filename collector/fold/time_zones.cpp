#include "collector/fold/time_zones.hpp"

#include <fstream>
#include <iterator>
#include <optional>
#include <vector>

#include "sdk/engine/person_clock.hpp"

namespace desirepath::collector {

namespace {

constexpr std::uintmax_t kFileBytesMax = 64 * 1024;

std::vector<std::uint8_t> read_file(const std::filesystem::path& path) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error) ||
      std::filesystem::file_size(path, error) > kFileBytesMax || error) {
    return {};
  }
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

}  // namespace

TimeZones::TimeZones(std::filesystem::path folder) : folder_(std::move(folder)) {}

const ZoneRules* TimeZones::find(std::string_view name) const {
  if (!is_zone_name(name)) return nullptr;
  const std::lock_guard lock(mutex_);
  auto known = zones_.find(name);
  if (known == zones_.end()) {
    std::optional<ZoneChanges> changes = read_tz_file(read_file(folder_ / name));
    if (!changes) return nullptr;
    known = zones_.emplace(std::string(name), Zone{std::move(*changes), {}}).first;
    Zone& zone = known->second;
    zone.rules = {known->first, zone.changes.first_offset_minutes, zone.changes.changes};
  }
  return &known->second.rules;
}

void TimeZones::add(StepZones& zones, std::string_view name) const {
  const ZoneRules* rules = name.empty() ? nullptr : find(name);
  if (rules != nullptr) zones.add(*rules);
}

StepZones TimeZones::of(const Program& program, const State& state) const {
  StepZones zones;
  if (uses_local_time(program)) add(zones, zone_name(state));
  return zones;
}

StepZones TimeZones::of(const Program& program, const State& state, const Event& event) const {
  StepZones zones = of(program, state);
  if (uses_local_time(program)) add(zones, stated_zone(program, event));
  return zones;
}

}  // namespace desirepath::collector
