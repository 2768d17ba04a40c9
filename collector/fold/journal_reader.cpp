#include "collector/fold/journal_reader.hpp"

#include <utility>

#include "collector/fold/limits.hpp"
#include "collector/ingest/tagged_json.hpp"

namespace desirepath::collector {
namespace {

std::size_t bytes_of(const StoredEvent& event) {
  return sizeof event + event.tree.capacity() + event.json.capacity() + event.message_id.capacity();
}

}  // namespace

JournalReader::JournalReader(Journal& journal, Cursor after, std::size_t batches_max)
    : journal_(journal), batches_max_(batches_max), read_(after), thread_([this] { run(); }) {}

JournalReader::~JournalReader() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

Result<std::optional<JournalPortion>> JournalReader::next() {
  using Next = std::optional<JournalPortion>;
  std::unique_lock lock(mutex_);
  changed_.notify_all();
  changed_.wait(lock, [&] { return !ready_.empty() || failed_ || journal_.head() <= read_; });
  if (!ready_.empty()) {
    JournalPortion portion = std::move(ready_.front());
    ready_.pop_front();
    ready_bytes_ -= portion.bytes;
    lock.unlock();
    changed_.notify_all();
    return Next(std::move(portion));
  }
  if (failed_) {
    auto failed = tl::make_unexpected(*std::exchange(failed_, std::nullopt));
    changed_.notify_all();
    return failed;
  }
  return Next();
}

// Until there is something to read and room for it; false when the end has come. Once all is read it sleeps
// until it is asked again.
bool JournalReader::wait_for_work() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] {
    return stopping_ || (!failed_ && ready_bytes_ < kReadAheadBytesMax && journal_.head() > read_);
  });
  return !stopping_;
}

void JournalReader::run() {
  while (wait_for_work()) {
    auto portion = read(read_);
    {
      const std::lock_guard lock(mutex_);
      if (portion) {
        read_ = portion->reached;
        ready_bytes_ += portion->bytes;
        ready_.push_back(std::move(*portion));
      } else {
        failed_ = portion.error();
      }
    }
    changed_.notify_all();
  }
}

Result<JournalPortion> JournalReader::read(Cursor after) {
  auto batches = journal_.read_after(after, batches_max_);
  if (!batches) return tl::make_unexpected(batches.error());
  JournalPortion portion;
  portion.reached = after;
  for (JournaledBatch& next : *batches) {
    for (AcceptedEvent& accepted : next.batch.events) {
      auto tree = tagged_from_json(accepted.json);
      if (!tree) {
        portion.refused.push_back(tree.error());
        continue;
      }
      portion.events.push_back({accepted.timestamp_ms, next.batch.received_at_ms, 0,
                                std::move(accepted.message_id), next.batch.source, next.batch.trust,
                                *std::move(tree), std::move(accepted.json), false});
      drop_rendered_json(portion.events.back());
      portion.bytes += bytes_of(portion.events.back());
    }
    portion.reached = next.cursor;
    portion.received_at_ms = next.batch.received_at_ms;
    if (next.batch.rejected.empty() && next.batch.marks.empty()) continue;
    next.batch.events.clear();
    portion.with_rejected.push_back(std::move(next.batch));
  }
  return portion;
}

}  // namespace desirepath::collector
