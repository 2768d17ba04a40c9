#include "collector/fold/tz_file.hpp"

#include <algorithm>
#include <string_view>

#include "collector/fold/posix_zone.hpp"
#include "sdk/engine/limits.hpp"

namespace desirepath::collector {

namespace {

constexpr std::size_t kHeadBytes = 44;
constexpr std::size_t kCountsAt = 20;
constexpr std::size_t kTypeBytes = 6;
constexpr std::int32_t kFirstYear = 2000;
constexpr std::int32_t kLastYear = 2037;

std::uint64_t big_endian(std::span<const std::uint8_t> bytes, std::size_t at, std::size_t size) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < size; ++i) value = value << 8 | bytes[at + i];
  return value;
}

// The counts of a data block, each in records.
struct Block {
  std::size_t universal, standard, leaps, changes, types, name_bytes;

  std::size_t bytes(std::size_t time_bytes) const {
    return changes * (time_bytes + 1) + types * kTypeBytes + name_bytes + leaps * (time_bytes + 4) +
           standard + universal;
  }
};

std::optional<Block> read_head(std::span<const std::uint8_t> bytes, std::size_t at) {
  if (bytes.size() < at || bytes.size() - at < kHeadBytes) return std::nullopt;
  const std::string_view magic(reinterpret_cast<const char*>(bytes.data()) + at, 4);
  if (magic != "TZif" || bytes[at + 4] < '2') return std::nullopt;
  const auto count = [&](std::size_t place) {
    return static_cast<std::size_t>(big_endian(bytes, at + kCountsAt + place * 4, 4));
  };
  return Block{count(0), count(1), count(2), count(3), count(4), count(5)};
}

// Collects changes in order of time; of changes at one moment the last counts, and what changes nothing is
// none.
class ChangeList {
 public:
  void begin_with(std::int64_t offset_seconds) {
    zone_.first_offset_minutes = static_cast<std::int32_t>(offset_seconds / 60);
  }
  void add(std::int64_t at_seconds, std::int64_t offset_seconds) {
    if (at_seconds >= day_of(kLastYear + 1, 1, 1) * 86'400) return;
    const auto offset = static_cast<std::int32_t>(offset_seconds / 60);
    if (at_seconds <= day_of(kFirstYear, 1, 1) * 86'400) {
      zone_.first_offset_minutes = offset;
      return;
    }
    const auto minute = static_cast<std::int32_t>(at_seconds / 60);
    if (!zone_.changes.empty() && zone_.changes.back().at_minute == minute) zone_.changes.pop_back();
    const std::int32_t before =
        zone_.changes.empty() ? zone_.first_offset_minutes : zone_.changes.back().offset_minutes;
    if (offset != before) zone_.changes.push_back({minute, offset});
  }
  ZoneChanges take() { return std::move(zone_); }

 private:
  ZoneChanges zone_;
};

void add_by_rule(ChangeList& list, const PosixZone& rule, std::int64_t after_seconds) {
  if (!rule.has_summer) return;
  for (std::int32_t year = kFirstYear - 1; year <= kLastYear; ++year) {
    const std::int64_t begins = rule.summer_begins.in_year(year) - rule.standard_seconds;
    const std::int64_t ends = rule.summer_ends.in_year(year) - rule.summer_seconds;
    const auto add = [&](std::int64_t at, std::int64_t offset) {
      if (at > after_seconds) list.add(at, offset);
    };
    if (begins < ends) {
      add(begins, rule.summer_seconds);
      add(ends, rule.standard_seconds);
    } else {
      add(ends, rule.standard_seconds);
      add(begins, rule.summer_seconds);
    }
  }
}

}  // namespace

std::optional<ZoneChanges> read_tz_file(std::span<const std::uint8_t> bytes) {
  const std::optional<Block> old = read_head(bytes, 0);
  if (!old || old->bytes(4) > bytes.size()) return std::nullopt;
  const std::size_t head_at = kHeadBytes + old->bytes(4);
  const std::optional<Block> block = read_head(bytes, head_at);
  const std::size_t data_at = head_at + kHeadBytes;
  if (!block || block->types == 0 || block->bytes(8) > bytes.size() - data_at) return std::nullopt;

  const std::size_t indexes_at = data_at + block->changes * 8;
  const std::size_t types_at = indexes_at + block->changes;
  const auto offset_of = [&](std::size_t type) {
    return static_cast<std::int64_t>(
        static_cast<std::int32_t>(big_endian(bytes, types_at + type * kTypeBytes, 4)));
  };
  ChangeList list;
  list.begin_with(offset_of(0));
  std::int64_t last = INT64_MIN;
  for (std::size_t i = 0; i < block->changes; ++i) {
    const auto at = static_cast<std::int64_t>(big_endian(bytes, data_at + i * 8, 8));
    const std::size_t type = bytes[indexes_at + i];
    if (type >= block->types || at < last) return std::nullopt;
    list.add(at, offset_of(type));
    last = at;
  }
  const std::size_t footer_at = data_at + block->bytes(8);
  std::string_view footer(reinterpret_cast<const char*>(bytes.data()) + footer_at, bytes.size() - footer_at);
  if (footer.size() < 2 || footer.front() != '\n' || footer.back() != '\n') return std::nullopt;
  footer = footer.substr(1, footer.size() - 2);
  if (!footer.empty()) {
    const std::optional<PosixZone> rule = parse_posix_zone(footer);
    if (!rule) return std::nullopt;
    if (block->changes == 0) list.begin_with(rule->standard_seconds);
    add_by_rule(list, *rule, last);
  }
  ZoneChanges zone = list.take();
  if (zone.changes.size() > kZoneChangesMax) return std::nullopt;
  return zone;
}

}  // namespace desirepath::collector
