// What ingest accepted and the fold reads: a request's events with the circumstance of their arrival.
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

struct AcceptedBatch {
  std::int64_t received_at_ms = 0;
  std::string source;  // the name of the key it came with
  Trust trust = Trust::claimed;
  std::vector<AcceptedEvent> events;

  bool operator==(const AcceptedBatch&) const = default;
};

// Compact bytes with a checksum at their end; the same batch gives the same bytes.
std::vector<std::uint8_t> encode(const AcceptedBatch& batch);
// ErrorCode::storage for bytes that encode() did not make or that changed since.
Result<AcceptedBatch> decode_batch(std::span<const std::uint8_t> bytes);

}  // namespace desirepath::collector
