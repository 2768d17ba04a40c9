// What refolds may cost: the checkpoints of large profiles, and what one stream may have refolded. By default
// those of limits.hpp.
#pragma once

#include <cstddef>
#include <cstdint>

#include "collector/fold/limits.hpp"

namespace desirepath::collector {

struct RefoldBounds {
  std::uint64_t checkpoint_events = kCheckpointEvents;  // between two of one profile; smaller ones have none
  std::size_t checkpoints_max = kCheckpointsMax;        // of one profile
  std::size_t checkpoint_bytes_max = kCheckpointBytesMax;
  std::uint64_t stream_events_max = kRefoldedEventsMax;               // refolded at once
  std::uint64_t stream_events_per_second = kRefoldedEventsPerSecond;  // and after that; at least 1
};

}  // namespace desirepath::collector
