// Every bound of import, with its unit and what it means in the world.
#pragma once

#include <cstddef>

namespace desirepath::collector {

// Bytes of one line or CSV record; the wire's limit for an event is 32 KB.
inline constexpr std::size_t kImportLineBytesMax = 64 * 1024;

// Columns of a CSV file.
inline constexpr std::size_t kImportColumnsMax = 512;

// Bytes of a mapping file.
inline constexpr std::size_t kImportMapBytesMax = 256 * 1024;

// Events appended to the journal at once: one sync for each.
inline constexpr std::size_t kImportBatchEvents = 2'000;

// Events posted at once to a collector, and their bytes (its limit for a body is 500 KB).
inline constexpr std::size_t kImportPostEvents = 200;
inline constexpr std::size_t kImportPostBytes = 400 * 1024;

// Times a post is tried again after 429, 503 or a broken connection before the import gives up.
inline constexpr int kImportPostTries = 20;

// Bad lines that are printed; all are counted.
inline constexpr std::size_t kImportMistakesShown = 100;

}  // namespace desirepath::collector
