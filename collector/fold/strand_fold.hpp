// The fold's hold on events: dedupe by (stream, messageId), then chunks. One thread, in the caller's
// transaction.
//
// What several batches of one transaction bring to a strand is written once, by `write_back`. Before the
// store is asked for a strand's events in between, `write_out`.
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
#include "collector/fold/limits.hpp"
#include "collector/profile/strand_rows.hpp"

namespace desirepath::collector {

// A strand's new events of this batch, in order after `flush`.
struct StrandNews {
  StrandRecord strand;
  const std::vector<StoredEvent>* events;
};

class StrandFold {
 public:
  // Remembers that many streams between two batches.
  explicit StrandFold(StrandRows& rows, std::size_t streams_max = kCachedStreamsMax)
      : rows_(rows), streams_max_(streams_max) {}

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

  // Sorts what was added since `let_go` and begins to encode it.
  Result<void> flush();
  std::vector<StrandNews> news() const;
  // Ends the batch: the new events are handed over, where they were.
  std::vector<std::vector<StoredEvent>> let_go();

  // Writes one strand, or all of them, so far as the store lacks what was flushed.
  Result<void> write_out(StrandId id);
  Result<void> write_back();
  // About what waits for `write_back`.
  std::size_t unwritten_bytes() const { return unwritten_bytes_; }

  // What is known of one stream, with what waits to be written of it; between two batches.
  void forget_stream(NodeId id);
  void forget();
  // Between two batches: makes room, of what the store has.
  void forget_when_full();

 private:
  // Events to be written as one: behind a chunk's, or as a chunk of their own.
  struct Piece {
    ChunkId chunk;
    bool is_appended;
    std::span<const StoredEvent> events;
  };
  struct Unwritten {
    ChunkId chunk;
    bool is_appended;
    EncodedChunk encoded;
  };
  struct Strand {
    StrandRecord record;
    std::int64_t next_number = 0;
    ChunkHead last;  // ends last; id 0 when there is none
    std::size_t late_chunks = 0;
    std::vector<StoredEvent> pending;
    std::size_t first_piece = 0;  // of `pieces_`
    std::size_t piece_count = 0;  // those that are being encoded
    std::vector<Unwritten> unwritten;

    bool is_written() const { return piece_count == 0 && unwritten.empty(); }
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
  // In what waits to be written of a strand.
  Result<Kept> find_unwritten(Strand& strand, const StoredEvent& event, std::uint64_t hash);
  Result<void> displace(Kept kept);
  // What `events` become, behind the last chunk or in new ones.
  Result<void> plan(Strand& strand, std::span<const StoredEvent> events, std::vector<Piece>& pieces);
  Result<void> plan_chunks(Strand& strand, std::span<const StoredEvent> events, std::vector<Piece>& pieces);
  // Takes what was encoded of the strand.
  void collect(Strand& strand);
  Result<void> write_out(Strand& strand);
  Result<void> compact(Strand& strand);

  StrandRows& rows_;
  std::size_t streams_max_;
  ChunkCodec codec_;  // of what is put in order again
  std::unordered_map<NodeId, Stream> streams_;
  std::vector<Strand*> touched_;
  std::vector<Piece> pieces_;                        // of the batch, while they are encoded
  std::unordered_map<StrandId, Strand*> unwritten_;  // among them, all that are not written
  std::size_t unwritten_bytes_ = 0;
  std::vector<StrandRecord> displaced_;
  std::size_t hashes_ = 0;
  ChunkEncoder encoder_;  // ends before what it reads
};

}  // namespace desirepath::collector
