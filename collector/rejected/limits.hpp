// The limits of looking after rejected events.
#pragma once

#include <cstddef>

namespace desirepath::collector {

// Events replayed, discarded or listed by one request: a page to look through.
inline constexpr std::size_t kReplaysMax = 1'000;

}  // namespace desirepath::collector
