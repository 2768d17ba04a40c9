// The wall clock, where it enters the collector.
#pragma once

#include <chrono>
#include <cstdint>

namespace desirepath::collector {

// Integer milliseconds UTC.
inline std::int64_t wall_clock_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

}  // namespace desirepath::collector
