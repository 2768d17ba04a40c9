// One chunk: consecutive events of one strand, in three blobs. `hashes` answers "is this messageId new" and
// `events` refolds, both without touching the JSON beside them. Each blob is a row of segments, one for each
// append, so that a session grows by what is new alone. Segments are compressed, each by itself, with what
// events have in common (event_dictionary.hpp) and with one another's likeness.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "collector/error.hpp"
#include "collector/profile/stored_event.hpp"
#include "collector/store/byte_codec.hpp"

namespace desirepath::collector {

struct EncodedChunk {
  std::int64_t first_ms = 0;
  std::int64_t last_ms = 0;
  std::uint32_t count = 0;
  std::uint64_t position = 0;  // the latest of any of its events
  Bytes hashes;                // message_hash of each event, little-endian, in order
  Bytes events;                // everything but the JSON
  Bytes json;                  // of those events whose tree does not render to it
};

// Encodes and decodes chunks; keeps the compressor's working memory between calls. One thread.
class ChunkCodec {
 public:
  ChunkCodec();
  ~ChunkCodec();
  ChunkCodec(const ChunkCodec&) = delete;
  ChunkCodec& operator=(const ChunkCodec&) = delete;

  // One segment of each blob; `events` in order, at least one.
  EncodedChunk encode(std::span<const StoredEvent> events);

  // The events of all segments, without their JSON. A damaged chunk is ErrorCode::storage.
  static Result<std::vector<StoredEvent>> decode(std::span<const std::uint8_t> events);
  // Fills in the JSON of events that `decode` gave.
  static Result<void> add_json(std::span<const std::uint8_t> json, std::vector<StoredEvent>& events);

 private:
  struct Compressor;
  std::unique_ptr<Compressor> compressor_;
};

// Whether `hashes` of a chunk has this one.
bool has_hash(std::span<const std::uint8_t> hashes, std::uint64_t hash);

}  // namespace desirepath::collector
