// How far long work is.
#pragma once

#include <cstdint>

namespace desirepath::collector {

struct WorkProgress {
  std::uint64_t done = 0;
  std::uint64_t total = 0;  // in what unit, says who names it
};

}  // namespace desirepath::collector
