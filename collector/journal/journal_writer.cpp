#include "collector/journal/journal_writer.hpp"

#include <algorithm>

namespace desirepath::collector {

// Lives on the stack of the thread that waits.
struct JournalWriter::Waiting {
  explicit Waiting(std::vector<std::uint8_t> encoded) : bytes(std::move(encoded)) {}

  void answer(Result<Cursor> value) {
    // Notified under the lock: once it is released the waiter may return and be gone.
    const std::lock_guard lock(mutex);
    result = std::move(value);
    answered.notify_one();
  }
  Result<Cursor> wait() {
    std::unique_lock lock(mutex);
    answered.wait(lock, [&] { return result.has_value(); });
    return std::move(*result);
  }

  std::vector<std::uint8_t> bytes;
  std::mutex mutex;
  std::condition_variable answered;
  std::optional<Result<Cursor>> result;
};

JournalWriter::JournalWriter(JournalFiles& files, JournalOptions options, PositionLedger ledger)
    : files_(files), options_(options), ledger_(std::move(ledger)) {
  head_ = files_.last_position();
}

Result<std::unique_ptr<JournalWriter>> JournalWriter::start(JournalFiles& files, JournalOptions options) {
  auto ledger = PositionLedger::open(files.directory() / "position",
                                     std::max(files.last_position(), options.begin_after.position));
  if (!ledger) return tl::make_unexpected(std::move(ledger.error()));
  std::unique_ptr<JournalWriter> writer(new JournalWriter(files, options, std::move(*ledger)));
  writer->thread_ = std::thread([raw = writer.get()] { raw->run(); });
  return writer;
}

JournalWriter::~JournalWriter() {
  {
    const std::lock_guard lock(queue_mutex_);
    stopping_ = true;
  }
  queue_changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

Result<Cursor> JournalWriter::append(std::vector<std::uint8_t> bytes) {
  Waiting waiting(std::move(bytes));
  {
    const std::lock_guard lock(queue_mutex_);
    if (queue_bytes_ + waiting.bytes.size() > kJournalWaitingBytesMax) {
      return failure(ErrorCode::not_durable, "the disk does not keep up; try again");
    }
    queue_bytes_ += waiting.bytes.size();
    queue_.push_back(&waiting);
  }
  queue_changed_.notify_one();
  return waiting.wait();
}

void JournalWriter::rotate() {
  std::unique_lock lock(queue_mutex_);
  const std::uint64_t mine = ++rotations_asked_;
  queue_changed_.notify_one();
  rotated_.wait(lock, [&] { return rotations_done_ >= mine; });
}

bool JournalWriter::wait_beyond(std::uint64_t position, std::chrono::milliseconds timeout) {
  if (head() > position) return true;
  std::unique_lock lock(head_mutex_);
  return head_changed_.wait_for(lock, timeout, [&] { return head() > position; });
}

void JournalWriter::publish(std::uint64_t position) {
  {
    const std::lock_guard lock(head_mutex_);
    head_.store(position, std::memory_order_release);
  }
  head_changed_.notify_all();
}

void JournalWriter::run() {
  for (;;) {
    const std::vector<Waiting*> group = take_group();
    if (file_ && Clock::now() >= file_deadline_) close_file();
    close_as_asked();
    if (!group.empty()) {
      commit_group(group);
      continue;
    }
    const std::lock_guard lock(queue_mutex_);
    if (stopping_ && queue_.empty()) break;
  }
  close_file();
  (void)ledger_.close();  // otherwise the numbers reserved are skipped
}

// What waits in the queue is not in the file yet, and goes into the next.
void JournalWriter::close_as_asked() {
  std::uint64_t asked = 0;
  {
    const std::lock_guard lock(queue_mutex_);
    asked = rotations_asked_;
    if (rotations_done_ == asked) return;
  }
  close_file();
  {
    const std::lock_guard lock(queue_mutex_);
    rotations_done_ = asked;
  }
  rotated_.notify_all();
}

// Waits for appends; empty when the file's age calls or the end has come.
std::vector<JournalWriter::Waiting*> JournalWriter::take_group() {
  std::vector<Waiting*> group;
  std::unique_lock lock(queue_mutex_);
  const auto something = [&] { return stopping_ || !queue_.empty() || rotations_done_ < rotations_asked_; };
  if (file_) {
    queue_changed_.wait_until(lock, file_deadline_, something);
  } else {
    queue_changed_.wait(lock, something);
  }
  std::size_t bytes = 0;
  while (!queue_.empty() && bytes < kJournalCommitBytesMax) {
    bytes += queue_.front()->bytes.size();
    group.push_back(queue_.front());
    queue_.pop_front();
  }
  queue_bytes_ -= bytes;
  return group;
}

void JournalWriter::commit_group(const std::vector<Waiting*>& group) {
  if (Clock::now() < closed_until_) {
    for (Waiting* waiting : group) {
      waiting->answer(failure(ErrorCode::not_durable, "the journal cannot be written now; try again"));
    }
    return;
  }
  const auto first = write(group);
  if (!first) {
    // What a failed sync left behind is not known: nothing is ever acknowledged on this file again.
    close_file();
    closed_until_ = Clock::now() + kJournalRetryAfterFailure;
    for (Waiting* waiting : group) waiting->answer(failure(ErrorCode::not_durable, first.error().message));
    return;
  }
  const std::uint64_t last = *first + group.size() - 1;
  files_.grown(last, file_bytes_);
  publish(last);
  for (std::size_t i = 0; i < group.size(); ++i) group[i]->answer(Cursor{*first + i});
  if (file_bytes_ >= options_.file_bytes_max) close_file();
}

// Returns the number of the group's first batch.
Result<std::uint64_t> JournalWriter::write(const std::vector<Waiting*>& group) {
  const auto first = ledger_.take(group.size());
  if (!first) return first;
  if (auto ready = ensure_file(*first); !ready) return tl::make_unexpected(std::move(ready.error()));
  std::vector<JournalRow> rows;
  rows.reserve(group.size());
  for (const Waiting* waiting : group) {
    rows.push_back(JournalRow{*first + rows.size(), waiting->bytes});
    file_bytes_ += waiting->bytes.size();
  }
  if (auto appended = file_->append(rows); !appended) return tl::make_unexpected(std::move(appended.error()));
  return first;
}

Result<void> JournalWriter::ensure_file(std::uint64_t first) {
  if (file_) return {};
  auto file = JournalFile::create(JournalFile::path_for(files_.directory(), first));
  if (!file) return tl::make_unexpected(std::move(file.error()));
  file_ = std::move(*file);
  file_bytes_ = 0;
  file_deadline_ = Clock::now() + options_.file_age_max;
  files_.begin(first);
  return {};
}

void JournalWriter::close_file() {
  if (!file_) return;
  file_.reset();
  files_.closed();
}

}  // namespace desirepath::collector
