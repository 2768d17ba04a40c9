#include "collector/fold/time_zones.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <vector>

#include "sdk/engine/person_clock.hpp"

namespace desirepath::collector {

namespace {

constexpr std::uintmax_t kFileBytesMax = 64 * 1024;
// Names that clients make up cost a look at the folder each; beyond this many they are unknown.
constexpr std::size_t kZonesKept = 4096;

// Copies of the data base that count leap seconds, or that Debian keeps beside it.
bool is_copy(std::string_view part) {
  return part == "right" || part == "posix";
}

std::string lowered(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; });
  return lower;
}

// The entry of a folder with that name, letters in any case; empty where there is none.
std::filesystem::path entry_of(const std::filesystem::path& folder, std::string_view name) {
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(folder, ignored)) {
    if (lowered(entry.path().filename().string()) == name && !is_copy(name)) return entry.path();
  }
  return {};
}

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

std::unique_ptr<const TimeZones::Zone> TimeZones::read(std::string_view name) const {
  if (!is_zone_name(name)) return nullptr;
  std::filesystem::path path = folder_;
  const std::string lower = lowered(name);
  for (std::size_t at = 0; at <= lower.size() && !path.empty();) {
    const std::size_t end = std::min(lower.find('/', at), lower.size());
    path = entry_of(path, std::string_view(lower).substr(at, end - at));
    at = end + 1;
  }
  if (path.empty()) return nullptr;
  std::optional<ZoneChanges> changes = read_tz_file(read_file(path));
  if (!changes) return nullptr;
  auto zone = std::make_unique<Zone>();
  zone->changes = std::move(*changes);
  zone->rules.first_offset_minutes = zone->changes.first_offset_minutes;
  zone->rules.changes = zone->changes.changes;
  return zone;
}

const ZoneRules* TimeZones::find(std::string_view name) const {
  const std::lock_guard lock(mutex_);
  auto known = zones_.find(name);
  if (known == zones_.end()) {
    if (zones_.size() >= kZonesKept) return nullptr;
    std::unique_ptr<const Zone> zone = read(name);
    known = zones_.emplace(std::string(name), nullptr).first;
    if (zone != nullptr) {
      auto named = std::make_unique<Zone>(*zone);
      named->rules.changes = named->changes.changes;
      named->rules.name = known->first;
      known->second = std::move(named);
    }
  }
  return known->second == nullptr ? nullptr : &known->second->rules;
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
