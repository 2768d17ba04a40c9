// What ingest accepted and the fold reads: a request's events with the circumstance of their
// arrival, and those of its events that it did not accept.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "collector/error.hpp"

namespace desirepath::collector {

enum class Trust : std::uint8_t {
  claimed = 0,  // came with a write key: public, anybody could have said it
  proved = 1,   // came with a secret key
};

struct AcceptedEvent {
  std::int64_t timestamp_ms = 0;  // when it happened, ms UTC; the one in `json`, already clamped to receipt
  std::string message_id;         // 1 to kMessageIdBytesMax bytes
  std::string json;  // one complete Segment event object: batch-level context and ids merged in; messageId,
                     // timestamp (as ISO 8601 with ms) and type present

  bool operator==(const AcceptedEvent&) const = default;
};

// An event that was not accepted, kept to be looked at, mended and replayed.
struct RejectedEvent {
  std::string code;        // RejectCode's word
  std::string message;     // one line
  std::string field;       // the member at fault; empty where it is not one
  std::string event;       // the name of a track, else its type; empty where nobody can tell
  std::string message_id;  // its own where that is usable, else minted: a replay has it
  std::string json;        // as it came

  bool operator==(const RejectedEvent&) const = default;
};

// What became of an event that was kept as rejected.
struct RejectedMark {
  enum class Fate : std::uint8_t { replayed = 0, discarded = 1 };
  std::int64_t id = 0;  // in the profile store
  Fate fate = Fate::replayed;
  std::int64_t at_ms = 0;

  bool operator==(const RejectedMark&) const = default;
};

struct AcceptedBatch {
  std::int64_t received_at_ms = 0;
  std::string source;  // the name of the key it came with
  Trust trust = Trust::claimed;
  std::vector<AcceptedEvent> events;
  std::vector<RejectedEvent> rejected{};
  std::vector<RejectedMark> marks{};

  bool empty() const { return events.empty() && rejected.empty() && marks.empty(); }
  bool operator==(const AcceptedBatch&) const = default;
};

// Compact bytes with a checksum at their end; the same batch gives the same bytes.
std::vector<std::uint8_t> encode(const AcceptedBatch& batch);
// ErrorCode::storage for bytes that encode() did not make or that changed since.
Result<AcceptedBatch> decode_batch(std::span<const std::uint8_t> bytes);

}  // namespace desirepath::collector
