// The set of the journal's files: which there are, reading across them, deleting the released ones.
// Thread-safe.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "collector/error.hpp"
#include "collector/journal/journal_file.hpp"

namespace desirepath::collector {

// In the journal's directory: the largest number in any file that was ever removed (position_file.hpp).
inline constexpr const char* kReleasedFile = "released";

class JournalFiles {
 public:
  // Lists what is in `directory` (created where absent), recovers it, and removes files that hold nothing.
  static Result<std::unique_ptr<JournalFiles>> open(const std::filesystem::path& directory);

  const std::filesystem::path& directory() const { return directory_; }
  // The largest number in any file; 0 where there is none.
  std::uint64_t last_position() const;

  // The writer's part: a file it has begun (released only once closed), and what it knows of it.
  void begin(std::uint64_t first_position);
  void grown(std::uint64_t last_position, std::uint64_t bytes);
  void closed();

  Result<std::vector<JournaledBatch>> read_after(std::uint64_t position, std::size_t batches_max);
  Result<void> release(std::uint64_t position);
  std::uint64_t bytes() const;
  // The first number of the oldest file; UINT64_MAX where there is none.
  std::uint64_t first_position() const;
  // The largest number in any file that was ever removed; 0 where none was.
  std::uint64_t removed_up_to() const;

 private:
  struct Entry {
    std::filesystem::path path;
    std::uint64_t first;
    std::uint64_t last;  // 0: nothing in it
    std::uint64_t bytes;
    bool open;
  };
  explicit JournalFiles(std::filesystem::path directory) : directory_(std::move(directory)) {}
  Result<void> recover(const std::filesystem::path& path, std::uint64_t first);
  Result<void> remove_released();

  const std::filesystem::path directory_;
  mutable std::mutex entries_mutex_;
  std::vector<Entry> entries_;  // in the order of numbers
  std::uint64_t released_ = 0;
  std::uint64_t removed_up_to_ = 0;  // as the file `released` says

  std::mutex reader_mutex_;  // taken before entries_mutex_
  std::optional<JournalFile> reader_;
  std::uint64_t reader_first_ = 0;
};

}  // namespace desirepath::collector
