// One file of the journal: batches as rows, appended in the order of their numbers. One thread at a time.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

#include "collector/error.hpp"
#include "collector/journal/journal.hpp"
#include "collector/store/connection.hpp"

namespace desirepath::collector {

// A batch on its way into a file.
struct JournalRow {
  std::uint64_t position;
  std::span<const std::uint8_t> bytes;  // encode()d
};

class JournalFile {
 public:
  // The file whose first batch has this number; sorts by name in the order of numbers.
  static std::filesystem::path path_for(const std::filesystem::path& directory, std::uint64_t first_position);
  // Whether this is the name of such a file, and its first number.
  static bool parse_name(const std::filesystem::path& path, std::uint64_t& first_position);
  // Deletes the file and what SQLite keeps beside it.
  static Result<void> remove(const std::filesystem::path& path);

  // A new, empty, durable file.
  static Result<JournalFile> create(const std::filesystem::path& path);
  // An existing one; recovers what a killed process had committed.
  static Result<JournalFile> open(const std::filesystem::path& path);

  // One transaction: all rows or none, durable on return.
  Result<void> append(std::span<const JournalRow> rows);
  // In order; see Journal::read_after.
  Result<std::vector<JournaledBatch>> read_after(std::uint64_t position, std::size_t batches_max);
  // 0 where it is empty.
  Result<std::uint64_t> last_position();

 private:
  JournalFile(Connection connection, Statement insert, Statement select)
      : connection_(std::move(connection)), insert_(std::move(insert)), select_(std::move(select)) {}
  static Result<JournalFile> prepare(Connection connection);

  Connection connection_;
  Statement insert_;
  Statement select_;
};

}  // namespace desirepath::collector
