// What a refold may cost: the checkpoints of large profiles. By default those of limits.hpp.
#pragma once

#include <cstddef>
#include <cstdint>

#include "collector/fold/limits.hpp"

namespace desirepath::collector {

struct RefoldBounds {
  std::uint64_t checkpoint_events = kCheckpointEvents;  // between two of one profile; smaller ones have none
  std::size_t checkpoints_max = kCheckpointsMax;        // of one profile
  std::size_t checkpoint_bytes_max = kCheckpointBytesMax;
};

}  // namespace desirepath::collector
