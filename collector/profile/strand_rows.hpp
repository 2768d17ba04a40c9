// Events in the profile store. A strand is what one stream sent about one owner with one trust; its events
// lie in chunks. A profile is strands: merging and un-merging move no event.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "collector/error.hpp"
#include "collector/identity/identity_graph.hpp"
#include "collector/profile/event_chunk.hpp"
#include "collector/profile/stored_event.hpp"

namespace desirepath::collector {

class Connection;

using StrandId = std::int64_t;
using ChunkId = std::int64_t;  // strand × kChunksPerStrandMax + number

inline constexpr std::int64_t kChunksPerStrandMax = std::int64_t{1} << 22;

struct StrandRecord {
  StrandId id = 0;
  NodeId stream = 0;
  NodeId owner = 0;
  Trust trust = Trust::claimed;
  std::int64_t swept_ms = 0;  // when events of it were let go for their age last; 0: never
};

struct ChunkHead {
  ChunkId id = 0;
  std::int64_t first_ms = 0;
  std::int64_t last_ms = 0;
  std::uint32_t count = 0;
  std::uint32_t bytes = 0;     // of the tagged events, as stored
  std::uint64_t position = 0;  // the latest of any of its events
};

// A copy that says something else than the event kept under its messageId.
struct DifferingCopy {
  std::int64_t received_at_ms = 0;
  std::string json;
};

class StrandRows {
 public:
  explicit StrandRows(Connection& connection);
  ~StrandRows();

  Result<std::vector<StrandRecord>> of_stream(NodeId stream);
  Result<std::vector<StrandRecord>> of_owner(NodeId owner);
  // All strands by id, `limit` of them after `after`.
  Result<std::vector<StrandRecord>> after(StrandId after, std::size_t limit);
  Result<StrandId> insert(const StrandRecord& strand);
  Result<void> note_swept(StrandId strand, std::int64_t swept_ms);

  // By number, the order in which chunks were begun.
  Result<std::vector<ChunkHead>> chunks(StrandId strand);
  // Whether one of its events happened before.
  Result<bool> begins_before(StrandId strand, std::int64_t time_ms);
  Result<Bytes> hashes(ChunkId chunk);
  Result<std::vector<StoredEvent>> read(ChunkId chunk, bool with_json);
  Result<void> write(ChunkId chunk, const EncodedChunk& encoded);
  // Adds a segment to a chunk; its events come after those it has.
  Result<void> append(ChunkId chunk, const EncodedChunk& segment);
  Result<void> remove(ChunkId chunk);

  Result<void> remember_differing(NodeId stream, const StoredEvent& event);
  Result<std::uint64_t> differing_count();
  Result<std::vector<DifferingCopy>> differing_of(NodeId stream);
  // Removes those received before, of the `limit` oldest; how many those were.
  Result<std::uint64_t> remove_differing_before(std::int64_t received_ms, std::size_t limit);

 private:
  struct Statements;
  std::unique_ptr<Statements> sql_;
};

}  // namespace desirepath::collector
