// Rules of zones as bytes, for hosts that hand them over in memory:
//
//   u32 zones, then each: i32 offset before the first change · u32 changes · u32 length of the name · the
//   name, zero-filled to a multiple of 4 · per change i32 minute since 1970 UTC, i32 offset from then on
//
// Offsets are minutes east of UTC. Little-endian.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "sdk/engine/limits.hpp"
#include "sdk/engine/local_time.hpp"

namespace desirepath {

// Room for a table at every limit.
inline constexpr std::size_t kZoneTableBytesMax =
    4 + kZonesMax * (12 + kZoneNameBytesMax + kZoneChangesMax * sizeof(OffsetChange));

struct DecodedZones {
  bool ok = false;
  ZoneTable zones{};
};

// Reads a table, whose bytes must be 4-aligned, into `room`; the zones point into the bytes, and both must
// outlive them. Any content: what is too long, out of order or beyond the world's offsets is not ok.
DecodedZones decode_zones(std::span<const std::uint8_t> bytes, std::span<ZoneRules, kZonesMax> room) noexcept;

}  // namespace desirepath
