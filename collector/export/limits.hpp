// Every bound of exports, with its unit and what it means in the world.
#pragma once

#include <chrono>
#include <cstddef>

namespace desirepath::collector {

// Profiles looked up at once.
inline constexpr std::size_t kExportProfilesPage = 500;

// Decisions of one profile read at once; those of one millisecond stay together.
inline constexpr std::size_t kExportDecisionsPage = 1'000;

// Bytes an export hands on at once, about: what a slow reader makes wait in memory.
inline constexpr std::size_t kExportPieceBytes = 64 * 1024;

// How long a piece may take to come together before what there is of it is handed on: a condition that few
// lines hold.
inline constexpr std::chrono::milliseconds kExportPieceTime{200};

// How long an export reads from one snapshot. While a snapshot is held the store's write-ahead log grows.
inline constexpr std::chrono::seconds kExportSnapshotAge{20};

// Exports over HTTP at a time; each holds a connection's thread and reads the disk as fast as it can.
inline constexpr std::size_t kExportsMax = 4;

// What a reader over HTTP must take on average once an export is under way, or it is cut off: a phone's
// bandwidth. A reader that stops holds a snapshot no longer than this grace and one write's timeout.
inline constexpr std::chrono::seconds kExportGrace{60};
inline constexpr std::size_t kExportBytesPerSecondMin = 64 * 1024;

// Of one person's whole document: moves and words of consent told, and rows read at a time.
inline constexpr std::size_t kSubjectHistoryMax = 1'000'000;
inline constexpr std::size_t kSubjectRowsPerPiece = 500;

// Bytes of a `where`; a condition a person writes is a few lines.
inline constexpr std::size_t kWhereBytesMax = 32 * 1024;

}  // namespace desirepath::collector
