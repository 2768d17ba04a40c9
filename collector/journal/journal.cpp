#include "collector/journal/journal.hpp"

#include "collector/journal/journal_writer.hpp"

namespace desirepath::collector {

Journal::Journal(std::unique_ptr<JournalWriter> writer, std::unique_ptr<JournalFiles> files)
    : files_(std::move(files)), writer_(std::move(writer)) {}

Journal::~Journal() = default;

Result<std::unique_ptr<Journal>> Journal::open(const std::filesystem::path& directory,
                                               JournalOptions options) {
  auto files = JournalFiles::open(directory);
  if (!files) return tl::make_unexpected(std::move(files.error()));
  auto writer = JournalWriter::start(**files, options);
  if (!writer) return tl::make_unexpected(std::move(writer.error()));
  return std::unique_ptr<Journal>(new Journal(std::move(*writer), std::move(*files)));
}

Result<Cursor> Journal::append(const AcceptedBatch& batch) {
  if (batch.empty()) return head();
  return writer_->append(encode(batch));
}

Result<std::vector<JournaledBatch>> Journal::read_after(Cursor after, std::size_t batches_max) {
  return files_->read_after(after.position, batches_max);
}

bool Journal::wait_beyond(Cursor after, std::chrono::milliseconds timeout) {
  return writer_->wait_beyond(after.position, timeout);
}

void Journal::rotate() {
  writer_->rotate();
}

Result<void> Journal::release(Cursor cursor) {
  return files_->release(cursor.position);
}

Cursor Journal::head() const {
  return Cursor{writer_->head()};
}

bool Journal::holds(Cursor cursor) const {
  return files_->first_position() <= cursor.position;
}

Cursor Journal::removed_up_to() const {
  return Cursor{files_->removed_up_to()};
}

std::uint64_t Journal::bytes() const {
  return files_->bytes();
}

}  // namespace desirepath::collector
