// A copy of a data directory that can be restored, made while the directory is served.
//
//   DIR/manifest.json   {"schema":"desirepath/backup/1","madeAt":"…","version":"…","cursor":"…",
//                        "files":[{"path":"profiles.db","bytes":…,"sha256":"…"},…]}
//   DIR/profiles.db, keys.db, … every database of the directory, each as of one instant
//   DIR/journal/…       the batches that the profile store may not have yet
//   DIR/audit.jsonl     and other lists of lines
//
// The journal is copied first and the profile store afterwards, so that everything acknowledged before the
// backup began is in one of them. The manifest is written last: a backup without one is none.
#pragma once

#include <cstdint>
#include <filesystem>

#include "collector/error.hpp"
#include "collector/journal/journal.hpp"

namespace desirepath::collector {

struct BackupParts {
  const std::filesystem::path& data;  // directory
  Journal& journal;
  Cursor folded;        // the profile store has everything up to here
  std::int64_t now_ms;  // wall clock, ms UTC
};

struct BackupSummary {
  std::size_t files = 0;
  std::uint64_t bytes = 0;
  Cursor cursor;  // the last batch in it
};

// `out` must not exist or be empty; everything in it is durable on return.
Result<BackupSummary> write_backup(const BackupParts& parts, const std::filesystem::path& out);

// Makes `data`, which must not exist or be empty, from the backup: every file is checked against the manifest
// while it is copied, and the directory appears under its name when it is whole. Its profile store is marked
// as restored (setting "restored_at"): decisions of the past never act. Folding the rest is the caller's.
Result<BackupSummary> restore_backup(const std::filesystem::path& from, const std::filesystem::path& data,
                                     std::int64_t now_ms);

}  // namespace desirepath::collector
