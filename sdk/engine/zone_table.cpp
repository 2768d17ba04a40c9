#include "sdk/engine/zone_table.hpp"

#include "sdk/engine/bytes.hpp"

namespace desirepath {

namespace {

constexpr std::size_t kZoneHead = 12;

bool is_offset(std::int32_t minutes) noexcept {
  return minutes >= -kUtcOffsetMinutesMax && minutes <= kUtcOffsetMinutesMax;
}

bool are_changes(std::span<const OffsetChange> changes) noexcept {
  for (std::size_t i = 0; i < changes.size(); ++i) {
    if (!is_offset(changes[i].offset_minutes)) return false;
    if (i > 0 && changes[i - 1].at_minute >= changes[i].at_minute) return false;
  }
  return true;
}

}  // namespace

DecodedZones decode_zones(std::span<const std::uint8_t> bytes,
                          std::span<ZoneRules, kZonesMax> room) noexcept {
  if (bytes.size() < 4 || reinterpret_cast<std::uintptr_t>(bytes.data()) % alignof(OffsetChange) != 0)
    return {};
  const std::uint32_t count = load<std::uint32_t>(bytes.data());
  if (count > kZonesMax) return {};
  std::size_t at = 4;
  for (std::uint32_t i = 0; i < count; ++i) {
    if (bytes.size() - at < kZoneHead) return {};
    ZoneRules& zone = room[i];
    zone.first_offset_minutes = load<std::int32_t>(&bytes[at]);
    const std::uint32_t changes = load<std::uint32_t>(&bytes[at + 4]);
    const std::uint32_t name_bytes = load<std::uint32_t>(&bytes[at + 8]);
    if (name_bytes > kZoneNameBytesMax || changes > kZoneChangesMax) return {};
    const std::size_t name_room = (name_bytes + 3) / 4 * 4;
    at += kZoneHead;
    if (bytes.size() - at < name_room + changes * sizeof(OffsetChange)) return {};
    zone.name = text_at(bytes.data() + at, name_bytes);
    at += name_room;
    zone.changes = {reinterpret_cast<const OffsetChange*>(bytes.data() + at), changes};
    at += zone.changes.size_bytes();
    if (!is_offset(zone.first_offset_minutes) || !are_changes(zone.changes)) return {};
  }
  if (at != bytes.size()) return {};
  return {true, room.first(count)};
}

}  // namespace desirepath
