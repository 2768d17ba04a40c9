#include "collector/journal/journal_files.hpp"

#include <algorithm>

#include "collector/journal/position_file.hpp"

namespace desirepath::collector {

Result<std::unique_ptr<JournalFiles>> JournalFiles::open(const std::filesystem::path& directory) {
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  if (error) return failure(ErrorCode::io, directory.string() + ": " + error.message());
  std::vector<std::pair<std::uint64_t, std::filesystem::path>> found;
  for (const auto& entry : std::filesystem::directory_iterator(directory, error)) {
    std::uint64_t first = 0;
    if (JournalFile::parse_name(entry.path(), first)) found.emplace_back(first, entry.path());
  }
  if (error) return failure(ErrorCode::io, directory.string() + ": " + error.message());
  std::sort(found.begin(), found.end());
  std::unique_ptr<JournalFiles> files(new JournalFiles(directory));
  const auto removed = read_position(directory / kReleasedFile);
  if (!removed) return tl::make_unexpected(removed.error());
  files->removed_up_to_ = removed->value_or(0);
  for (const auto& [first, path] : found) {
    if (auto done = files->recover(path, first); !done) return tl::make_unexpected(std::move(done.error()));
  }
  return files;
}

Result<void> JournalFiles::recover(const std::filesystem::path& path, std::uint64_t first) {
  std::uint64_t last = 0;
  {
    auto file = JournalFile::open(path);
    if (!file) return tl::make_unexpected(std::move(file.error()));
    const auto position = file->last_position();
    if (!position) return tl::make_unexpected(position.error());
    last = *position;
  }
  if (last == 0) return JournalFile::remove(path);
  std::error_code error;
  const std::uintmax_t bytes = std::filesystem::file_size(path, error);
  entries_.push_back(Entry{path, first, last, error ? 0 : bytes, false});
  return {};
}

std::uint64_t JournalFiles::last_position() const {
  const std::lock_guard lock(entries_mutex_);
  std::uint64_t last = 0;
  for (const Entry& entry : entries_) last = std::max(last, entry.last);
  return last;
}

void JournalFiles::begin(std::uint64_t first_position) {
  const std::lock_guard lock(entries_mutex_);
  entries_.push_back(Entry{JournalFile::path_for(directory_, first_position), first_position, 0, 0, true});
}

void JournalFiles::grown(std::uint64_t last_position, std::uint64_t bytes) {
  const std::lock_guard lock(entries_mutex_);
  entries_.back().last = last_position;
  entries_.back().bytes = bytes;
}

void JournalFiles::closed() {
  {
    const std::lock_guard lock(entries_mutex_);
    if (!entries_.empty()) entries_.back().open = false;
  }
  // The writer does not wait for a reader, and what cannot be removed now is tried again with the next
  // release.
  const std::unique_lock reader_lock(reader_mutex_, std::try_to_lock);
  if (reader_lock.owns_lock()) (void)remove_released();
}

Result<std::vector<JournaledBatch>> JournalFiles::read_after(std::uint64_t position,
                                                             std::size_t batches_max) {
  const std::lock_guard reader_lock(reader_mutex_);
  std::filesystem::path path;
  std::uint64_t first = 0;
  {
    const std::lock_guard lock(entries_mutex_);
    const auto entry = std::find_if(entries_.begin(), entries_.end(),
                                    [&](const Entry& candidate) { return candidate.last > position; });
    if (entry == entries_.end() || batches_max == 0) return std::vector<JournaledBatch>{};
    path = entry->path;
    first = entry->first;
  }
  if (!reader_ || reader_first_ != first) {
    reader_.reset();
    auto file = JournalFile::open(path);
    if (!file) return tl::make_unexpected(std::move(file.error()));
    reader_ = std::move(*file);
    reader_first_ = first;
  }
  return reader_->read_after(position, batches_max);
}

Result<void> JournalFiles::release(std::uint64_t position) {
  const std::lock_guard reader_lock(reader_mutex_);
  {
    const std::lock_guard lock(entries_mutex_);
    released_ = std::max(released_, position);
  }
  return remove_released();
}

// With reader_mutex_ held.
Result<void> JournalFiles::remove_released() {
  const std::lock_guard lock(entries_mutex_);
  std::uint64_t last = removed_up_to_;
  for (const Entry& entry : entries_) {
    if (!entry.open && entry.last <= released_) last = std::max(last, entry.last);
  }
  // A full disk has no room for the note, and gets room from what it is about.
  if (last > removed_up_to_ && write_position(directory_ / kReleasedFile, last)) removed_up_to_ = last;
  for (auto entry = entries_.begin(); entry != entries_.end();) {
    if (entry->open || entry->last > released_) {
      ++entry;
      continue;
    }
    if (reader_ && reader_first_ == entry->first) reader_.reset();
    if (auto removed = JournalFile::remove(entry->path); !removed) return removed;
    entry = entries_.erase(entry);
  }
  return {};
}

std::uint64_t JournalFiles::first_position() const {
  const std::lock_guard lock(entries_mutex_);
  return entries_.empty() ? UINT64_MAX : entries_.front().first;
}

std::uint64_t JournalFiles::removed_up_to() const {
  const std::lock_guard lock(entries_mutex_);
  return removed_up_to_;
}

std::uint64_t JournalFiles::bytes() const {
  const std::lock_guard lock(entries_mutex_);
  std::uint64_t total = 0;
  for (const Entry& entry : entries_) total += entry.bytes;
  return total;
}

}  // namespace desirepath::collector
