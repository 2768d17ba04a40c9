// Time zone files (TZif, RFC 8536) as the engine wants rules: the changes of offset from 2000 to 2037.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "sdk/engine/local_time.hpp"

namespace desirepath::collector {

struct ZoneChanges {
  std::int32_t first_offset_minutes = 0;
  std::vector<OffsetChange> changes;
};

// Reads the 64-bit data of a file of version 2 or later, and goes on by its rule where the data ends. None
// for bytes that are no such file.
std::optional<ZoneChanges> read_tz_file(std::span<const std::uint8_t> bytes);

}  // namespace desirepath::collector
