// Encodes a batch's segments beside the thread that writes them: one encodes the next while the other is
// written. One thread calls.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <span>
#include <thread>
#include <vector>

#include "collector/profile/event_chunk.hpp"
#include "collector/profile/stored_event.hpp"

namespace desirepath::collector {

class ChunkEncoder {
 public:
  using Segment = std::span<const StoredEvent>;

  ChunkEncoder() = default;
  ~ChunkEncoder();
  ChunkEncoder(const ChunkEncoder&) = delete;
  ChunkEncoder& operator=(const ChunkEncoder&) = delete;

  // Takes up segments, none of them empty; the events stay where they are until `end`. A few are encoded by
  // the caller's own thread, which spares the way to another one.
  void begin(std::vector<Segment> segments);
  // The next one, in their order; waits for it.
  EncodedChunk next();
  // Lets go of those that were not asked for. Harmless without `begin`.
  void end();

 private:
  void run();
  bool may_encode() const;

  ChunkCodec codec_;  // of the thread while there is work, else the caller's
  std::vector<Segment> segments_;
  std::size_t taken_ = 0;  // the caller's: of `segments_`
  bool is_shared_ = false;
  std::vector<EncodedChunk> at_hand_;  // the caller's, last first

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<EncodedChunk> ready_;  // in order
  std::size_t ready_bytes_ = 0;
  std::size_t encoded_ = 0;  // of `segments_`
  std::size_t wanted_ = 0;   // how many of them are to be encoded
  bool is_encoding_ = false;
  bool stopping_ = false;
  std::thread thread_;  // from the first batch that is worth it
};

}  // namespace desirepath::collector
