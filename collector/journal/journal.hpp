// The durable append-only record of accepted batches, in files of its own.
//
// Batches are numbered in the order of append; the number is the cursor and is never used twice in the life
// of a data directory, also when files were released or the process was killed. Files are rotated by size and
// age and deleted whole once released. One process at a time (the data directory's lock sees to that); all
// members from any thread.
#pragma once

#include <chrono>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <vector>

#include "collector/error.hpp"
#include "collector/journal/accepted_batch.hpp"
#include "collector/journal/limits.hpp"

namespace desirepath::collector {

// The number of a batch; 0 is before the first.
struct Cursor {
  std::uint64_t position = 0;
  auto operator<=>(const Cursor&) const = default;
};

struct JournaledBatch {
  Cursor cursor;
  AcceptedBatch batch;
};

struct JournalOptions {
  std::uint64_t file_bytes_max = kJournalFileBytes;
  std::chrono::milliseconds file_age_max = kJournalFileAge;
  Cursor begin_after{};  // numbers begin above this whatever the files say; e.g. what is folded already
};

class JournalFiles;
class JournalWriter;

class Journal {
 public:
  // Opens or creates the journal in `directory` (created where absent) and recovers what was durable.
  static Result<std::unique_ptr<Journal>> open(const std::filesystem::path& directory,
                                               JournalOptions options = {});
  ~Journal();  // waits for appends under way
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;

  // Appends as a whole and returns its number after fsync. Concurrent appends share one commit. An error
  // (ErrorCode::not_durable) means the batch is not in the journal; the caller tells its client to retry. An
  // empty batch is durable already: it answers head().
  Result<Cursor> append(const AcceptedBatch& batch);

  // Up to `batches_max` batches after `after`, in order; none when there is nothing newer. A batch whose
  // checksum fails is an error that names its file and number.
  Result<std::vector<JournaledBatch>> read_after(Cursor after, std::size_t batches_max);

  // Waits until something newer than `after` is durable; false when that took longer than `timeout`.
  bool wait_beyond(Cursor after, std::chrono::milliseconds timeout);

  // Begins a new file with the next append, so that what is in the files now can be released. Returns once
  // the present one is closed.
  void rotate();

  // Says that nothing at or below `cursor` is needed any more: files wholly at or below it are deleted.
  Result<void> release(Cursor cursor);

  // Whether one of the files still begins with that batch or one before it.
  bool holds(Cursor cursor) const;
  // The newest batch whose file is gone, because it was released, as far as the disk had room to note it:
  // whoever has read less than that has lost something. 0 where none is gone, or the journal is new.
  Cursor removed_up_to() const;
  // Number of the newest durable batch.
  Cursor head() const;
  // Bytes of all files, for metrics and limits.
  std::uint64_t bytes() const;

 private:
  Journal(std::unique_ptr<JournalWriter> writer, std::unique_ptr<JournalFiles> files);
  std::unique_ptr<JournalFiles> files_;
  std::unique_ptr<JournalWriter> writer_;  // goes first: it writes to the files
};

}  // namespace desirepath::collector
