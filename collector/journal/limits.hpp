// The journal's limits.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace desirepath::collector {

// A file is closed at this size: small enough that deleting what was folded gives space back soon, large
// enough that at full load (about 70 MB/s) files change about once a second at most.
inline constexpr std::uint64_t kJournalFileBytes = 64ull << 20;
// A file with something in it is closed at this age, so that erasure and backup wait a minute at most for it.
inline constexpr std::chrono::milliseconds kJournalFileAge{60'000};
// One commit takes at most this much: bounds its memory and the time until the first of its requests is
// answered.
inline constexpr std::size_t kJournalCommitBytesMax = 4u << 20;
// Bytes that may wait for a commit; beyond it append() refuses at once, because the disk does not keep up.
inline constexpr std::size_t kJournalWaitingBytesMax = 64u << 20;
// After a failed commit nothing is tried for this long: a full disk is not helped by trying at every request.
inline constexpr std::chrono::milliseconds kJournalRetryAfterFailure{250};
// Batch numbers reserved at a time: one small durable write in about a minute at full load.
inline constexpr std::uint64_t kJournalPositionsReserved = 1u << 20;
// One read hands out about this many bytes at most, whatever number of batches is asked for.
inline constexpr std::size_t kJournalReadBytesMax = 16u << 20;

}  // namespace desirepath::collector
