#include "collector/fold/chunk_encoder.hpp"

#include <utility>

#include "collector/fold/limits.hpp"

namespace desirepath::collector {

ChunkEncoder::~ChunkEncoder() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void ChunkEncoder::begin(const std::vector<Segment>& segments) {
  end();
  {
    const std::lock_guard lock(mutex_);
    jobs_.resize(segments.size());
    for (std::size_t i = 0; i < segments.size(); ++i) jobs_[i].segment = segments[i];
    is_shared_ = segments.size() >= kSegmentsShared;
  }
  if (!is_shared_) return;
  changed_.notify_all();
  if (!thread_.joinable()) thread_ = std::thread([this] { run(); });
}

EncodedChunk ChunkEncoder::take(std::size_t index) {
  std::unique_lock lock(mutex_);
  Job& job = jobs_[index];
  if (job.stage == Stage::open) {
    job.stage = Stage::begun;
    lock.unlock();
    return own_codec_.encode(job.segment);
  }
  is_awaited_ = job.stage != Stage::done;
  changed_.wait(lock, [&] { return job.stage == Stage::done; });
  is_awaited_ = false;
  return std::move(job.chunk);
}

void ChunkEncoder::end() {
  std::unique_lock lock(mutex_);
  next_ = jobs_.size();
  is_awaited_ = is_encoding_;
  changed_.wait(lock, [&] { return !is_encoding_; });
  is_awaited_ = false;
  is_shared_ = false;
  jobs_.clear();
  next_ = 0;
}

// With the mutex held.
std::vector<std::size_t> ChunkEncoder::begin_some() {
  std::vector<std::size_t> begun;
  for (; next_ < jobs_.size() && begun.size() < kSegmentsAtOnce; ++next_) {
    if (jobs_[next_].stage != Stage::open) continue;
    jobs_[next_].stage = Stage::begun;
    begun.push_back(next_);
  }
  return begun;
}

void ChunkEncoder::run() {
  ChunkCodec codec;
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [&] { return stopping_ || (is_shared_ && next_ < jobs_.size()); });
    if (stopping_) return;
    const std::vector<std::size_t> begun = begin_some();
    is_encoding_ = true;
    lock.unlock();
    for (const std::size_t index : begun) jobs_[index].chunk = codec.encode(jobs_[index].segment);
    lock.lock();
    is_encoding_ = false;
    for (const std::size_t index : begun) jobs_[index].stage = Stage::done;
    if (is_awaited_) changed_.notify_all();
  }
}

}  // namespace desirepath::collector
