#include "collector/journal/journal_copy.hpp"

#include <optional>
#include <vector>

#include "collector/journal/journal_file.hpp"

namespace desirepath::collector {
namespace {

constexpr std::size_t kBatchesAtOnce = 1'000;

Result<void> append(JournalFile& file, const std::vector<JournaledBatch>& batches) {
  std::vector<std::vector<std::uint8_t>> bytes;
  bytes.reserve(batches.size());
  std::vector<JournalRow> rows;
  for (const JournaledBatch& each : batches) {
    bytes.push_back(encode(each.batch));
    rows.push_back({each.cursor.position, bytes.back()});
  }
  return file.append(rows);
}

}  // namespace

Result<Cursor> copy_journal(Journal& journal, Cursor after, const std::filesystem::path& directory) {
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  if (error) return failure(ErrorCode::io, directory.string() + ": " + error.message());
  const Cursor head = journal.head();
  std::optional<JournalFile> file;
  Cursor last = after;
  while (last < head) {
    auto batches = journal.read_after(last, kBatchesAtOnce);
    if (!batches) return tl::make_unexpected(std::move(batches.error()));
    if (batches->empty()) break;
    if (!file) {
      auto created = JournalFile::create(JournalFile::path_for(directory, batches->front().cursor.position));
      if (!created) return tl::make_unexpected(std::move(created.error()));
      file.emplace(std::move(*created));
    }
    if (auto done = append(*file, *batches); !done) return tl::make_unexpected(std::move(done.error()));
    last = batches->back().cursor;
  }
  return last;
}

}  // namespace desirepath::collector
