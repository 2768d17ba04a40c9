#include "collector/fold/chunk_encoder.hpp"

#include <algorithm>
#include <iterator>
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

void ChunkEncoder::begin(std::vector<Segment> segments) {
  end();
  segments_ = std::move(segments);
  is_shared_ = segments_.size() >= kSegmentsShared;
  if (!is_shared_) return;
  {
    const std::lock_guard lock(mutex_);
    wanted_ = segments_.size();
  }
  changed_.notify_all();
  if (!thread_.joinable()) thread_ = std::thread([this] { run(); });
}

EncodedChunk ChunkEncoder::next() {
  if (!is_shared_) return codec_.encode(segments_[taken_++]);
  if (at_hand_.empty()) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return !ready_.empty(); });
    at_hand_ = std::exchange(ready_, {});
    ready_bytes_ = 0;
    lock.unlock();
    changed_.notify_all();
    std::reverse(at_hand_.begin(), at_hand_.end());
  }
  EncodedChunk chunk = std::move(at_hand_.back());
  at_hand_.pop_back();
  return chunk;
}

void ChunkEncoder::end() {
  if (is_shared_) {
    std::unique_lock lock(mutex_);
    wanted_ = 0;
    changed_.wait(lock, [&] { return !is_encoding_; });
    ready_.clear();
    ready_bytes_ = 0;
    encoded_ = 0;
  }
  is_shared_ = false;
  segments_.clear();
  at_hand_.clear();
  taken_ = 0;
}

bool ChunkEncoder::may_encode() const {
  return encoded_ < wanted_ && ready_bytes_ < kSegmentBytesAhead;
}

void ChunkEncoder::run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [&] { return stopping_ || may_encode(); });
    if (stopping_) return;
    const std::size_t begin = encoded_;
    const std::size_t until = std::min(wanted_, begin + kSegmentsAtOnce);
    is_encoding_ = true;
    lock.unlock();
    std::vector<EncodedChunk> encoded;
    std::size_t bytes = 0;
    for (std::size_t i = begin; i < until; ++i) {
      encoded.push_back(codec_.encode(segments_[i]));
      bytes += encoded.back().events.size() + encoded.back().json.size();
    }
    lock.lock();
    is_encoding_ = false;
    encoded_ = until;
    ready_bytes_ += bytes;
    std::move(encoded.begin(), encoded.end(), std::back_inserter(ready_));
    changed_.notify_all();
  }
}

}  // namespace desirepath::collector
