// Encodes a batch's segments beside the thread that goes on with the batch, which takes each when it needs
// it. One thread calls.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
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

  // Takes up segments, none of them empty; the events stay as they are until `end`. A few are left to the
  // caller's own thread, which spares the way to another one.
  void begin(const std::vector<Segment>& segments);
  // One of them, by its place, in any order, each once. Where nobody has begun with it, the caller's thread
  // encodes it.
  EncodedChunk take(std::size_t index);
  // Lets go of those that were not taken. Harmless without `begin`.
  void end();

 private:
  enum class Stage : std::uint8_t { open, begun, done };
  struct Job {
    Segment segment;
    Stage stage = Stage::open;
    EncodedChunk chunk;
  };
  void run();
  std::vector<std::size_t> begin_some();

  ChunkCodec own_codec_;  // the caller's

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Job> jobs_;  // of the thread that has begun with one, until it is done
  std::size_t next_ = 0;   // before it, the thread has begun with all that were open
  bool is_shared_ = false;
  bool is_encoding_ = false;
  bool is_awaited_ = false;
  bool stopping_ = false;
  std::thread thread_;  // from the first batch that is worth it
};

}  // namespace desirepath::collector
