#include "collector/journal/journal_check.hpp"

#include <algorithm>

#include "collector/journal/accepted_batch.hpp"
#include "collector/journal/journal_file.hpp"
#include "collector/journal/journal_files.hpp"
#include "collector/journal/position_file.hpp"
#include "collector/store/connection.hpp"

namespace desirepath::collector {
namespace {

constexpr std::size_t kMistakesMax = 20;

Result<void> check_file(const std::filesystem::path& file, std::uint64_t first, CheckedJournal& into) {
  auto connection = Connection::open(file, {.access = Access::read_only});
  if (!connection) return tl::make_unexpected(std::move(connection.error()));
  auto select = connection->prepare("SELECT position, bytes FROM batch ORDER BY position");
  if (!select) return tl::make_unexpected(std::move(select.error()));
  const std::string name = file.filename().string();
  if (into.last >= first) into.mistakes.push_back(name + " begins before the file before it ends");
  for (;;) {
    const auto row = select->step();
    if (!row) return tl::make_unexpected(row.error());
    if (!*row) return {};
    const auto position = static_cast<std::uint64_t>(select->integer(0));
    if (position < first)
      into.mistakes.push_back(name + " has batch " + std::to_string(position) + " before its first");
    if (!decode_batch(select->blob(1))) {
      into.mistakes.push_back(name + ": batch " + std::to_string(position) + " is not what was written");
    }
    into.last = std::max(into.last, position);
    ++into.batches;
    if (into.mistakes.size() >= kMistakesMax) return {};
  }
}

}  // namespace

Result<CheckedJournal> check_journal(const std::filesystem::path& directory) {
  CheckedJournal checked;
  std::error_code error;
  std::vector<std::pair<std::uint64_t, std::filesystem::path>> files;
  for (const auto& entry : std::filesystem::directory_iterator(directory, error)) {
    std::uint64_t first = 0;
    if (JournalFile::parse_name(entry.path(), first)) files.emplace_back(first, entry.path());
  }
  std::sort(files.begin(), files.end());
  const auto removed = read_position(directory / kReleasedFile);
  if (!removed) return tl::make_unexpected(removed.error());
  checked.removed_up_to = removed->value_or(0);
  for (const auto& [first, path] : files) {
    const auto done = check_file(path, first, checked);
    const bool is_released = !done && !std::filesystem::exists(path, error);
    if (!done && !is_released) return tl::make_unexpected(done.error());
  }
  return checked;
}

std::string lost_batches(std::uint64_t folded, std::uint64_t removed_up_to) {
  return "profiles.db is folded to batch " + std::to_string(folded) +
         ", and the journal has let go of all to " + std::to_string(removed_up_to) +
         ", which profiles.db had: it is older than its directory, or its profiles.db-wal is missing; put "
         "that "
         "back or restore a backup. To go on without those batches remove journal/" +
         kReleasedFile;
}

}  // namespace desirepath::collector
