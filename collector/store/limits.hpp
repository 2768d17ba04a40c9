// Every bound of the SQLite plumbing, with its unit and what it means in the world.
#pragma once

#include <cstdint>

namespace desirepath::collector {

// Pages of a file whose gaps can be told from other bytes: up to here the first byte of a page that is no
// B-tree's, the high byte of another page's number, is 0 or 1. 128 GiB of 4 KiB pages.
inline constexpr std::int64_t kGapPagesMax = std::int64_t{1} << 25;

// Pages read at a time while gaps are looked for: 1 MiB.
inline constexpr std::int64_t kGapPagesRead = 256;

// Pages gone through while the writer waits: 64 MiB, a fraction of a second.
inline constexpr std::int64_t kGapPagesPerCall = 16'384;

}  // namespace desirepath::collector
