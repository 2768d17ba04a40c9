// The fold's hold on events: dedupe by (stream, messageId), then chunks. One thread, in the caller's
// transaction.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <unordered_map>
#include <utility>
#include <vector>

#include "collector/error.hpp"
#include "collector/fold/chunk_encoder.hpp"
#include "collector/fold/hash_set.hpp"
#include "collector/profile/strand_rows.hpp"

namespace desirepath::collector {

// A strand's new events of this batch, in order after `flush`.
struct StrandNews {
  StrandRecord strand;
  const std::vector<StoredEvent>* events;
};

class StrandFold {
 public:
  explicit StrandFold(StrandRows& rows) : rows_(rows) {}

  struct Added {
    bool is_kept = false;
    bool is_copy = false;       // the stream has had one of that messageId
    bool is_differing = false;  // that said something else
  };
  // Keeps the event unless the stream has one of that messageId. A proved copy takes the place of a claimed
  // one, whichever came first, so that nobody keeps a server's event out by sending another under its
  // messageId. Of two copies that differ the one not kept is remembered as such.
  Result<Added> add(NodeId stream, NodeId owner, StoredEvent event);
  // Strands that have lost an event of an earlier batch to its proved copy, since the last call.
  std::vector<StrandRecord> take_displaced() { return std::exchange(displaced_, {}); }

  // Sorts what was added since `clear` and writes it.
  Result<void> flush();
  std::vector<StrandNews> news() const;
  // Ends the batch: the new events are handed over, where they were.
  std::vector<std::vector<StoredEvent>> let_go();

  // What is known of one stream; between two batches.
  void forget_stream(NodeId id);
  void forget();
  void forget_when_full();

 private:
  struct Strand {
    StrandRecord record;
    std::int64_t next_number = 0;
    ChunkHead last;  // ends last; id 0 when there is none
    std::size_t late_chunks = 0;
    std::vector<StoredEvent> pending;
  };
  // Events to be written as one: behind a chunk's, or as a chunk of their own.
  struct Piece {
    Strand* strand;
    ChunkId chunk;
    bool is_appended;
    std::span<const StoredEvent> events;
  };
  struct Stream {
    std::vector<std::unique_ptr<Strand>> strands;
    HashSet hashes;
  };

  Result<Stream*> stream(NodeId id);
  Result<Strand*> strand(Stream& stream, NodeId stream_id, NodeId owner, Trust trust);
  // Where the event kept under a messageId lies.
  struct Kept {
    Strand* strand = nullptr;         // null: there is none
    ChunkId chunk = 0;                // 0: pending
    std::vector<StoredEvent> events;  // of the chunk; with their JSON where it gives way
    std::size_t index = 0;            // among those
    const StoredEvent& event() const { return chunk == 0 ? strand->pending[index] : events[index]; }
  };
  Result<Kept> find_kept(Stream& stream, const StoredEvent& event);
  Result<void> displace(Kept kept);
  // What `events` become, behind the last chunk or in new ones; `pieces_` takes them.
  Result<void> plan(Strand& strand, std::span<const StoredEvent> events);
  Result<void> plan_chunks(Strand& strand, std::span<const StoredEvent> events);
  // Writes `pieces_`, and empties it.
  Result<void> write();
  Result<void> write(const Piece& piece, const EncodedChunk& encoded);
  Result<void> compact(Strand& strand);

  StrandRows& rows_;
  ChunkEncoder encoder_;
  std::unordered_map<NodeId, Stream> streams_;
  std::vector<Strand*> touched_;
  std::vector<Piece> pieces_;
  std::vector<StrandRecord> displaced_;
  std::size_t hashes_ = 0;
};

}  // namespace desirepath::collector
