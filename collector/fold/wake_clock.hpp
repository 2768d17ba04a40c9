// Until when waits may fall due, by a wall clock that may jump.
//
// Small steps are followed: that is a clock being set right. A jump, forwards or back, is not believed at
// once: time goes on at the pace of the machine's running time, waits fall due as they would have, and only
// when the wall clock has stood by its jump for kClockJumpHeldMs is it followed. So a clock that is a year
// off for a moment fires nothing that nobody waited for and holds nothing back. Only the process that saw the
// jump can know of it.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <optional>

#include "collector/fold/limits.hpp"

namespace desirepath::collector {

class WakeClock {
 public:
  // Both in ms; `running_ms` never goes back and counts sleep. One thread.
  std::int64_t now_ms(std::int64_t wall_ms, std::int64_t running_ms) {
    const std::int64_t expected_ms = offset_ms_ ? running_ms + *offset_ms_ : wall_ms;
    if (std::llabs(wall_ms - expected_ms) > kClockJumpMs) {
      if (!jumped_at_ms_) jumped_at_ms_ = running_ms;
      if (running_ms - *jumped_at_ms_ < kClockJumpHeldMs) return expected_ms;
    }
    jumped_at_ms_.reset();
    offset_ms_ = wall_ms - running_ms;
    return wall_ms;
  }

 private:
  std::optional<std::int64_t> offset_ms_;     // wall clock over running time, as last believed
  std::optional<std::int64_t> jumped_at_ms_;  // in running time
};

}  // namespace desirepath::collector
