// Lets go of a profile's events that are older than the retention time, in the caller's transaction.
//
// An event's age goes by the earlier of its timestamp and its receipt: a time from the future was clamped to
// the receipt, a time in 1970 is as old as it says, so that neither escapes. What an event said of consent
// outlives it as a remainder (consent_remainder.hpp) for as long as the profile has an event, and beyond that
// where somebody who can be named has said no: a person who is known by an anonymousId alone is forgotten
// with their last event, and says again what they consent to when they come back.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "collector/error.hpp"
#include "collector/fold/consent_remainder.hpp"
#include "collector/profile/strand_rows.hpp"

namespace desirepath::collector {

// The store's setting that says whether events of anybody were ever let go.
inline constexpr std::string_view kEverSwept = "retention_swept";

// What a sweep has let go of.
struct Forgotten {
  std::uint64_t events = 0;     // whole, or down to their consent
  std::uint64_t profiles = 0;   // with their identifiers and links
  std::uint64_t decisions = 0;  // of the history
  std::uint64_t others = 0;     // outbox rows, differing copies, rejected events
};

class RetentionSweep {
 public:
  explicit RetentionSweep(StrandRows& rows) : rows_(rows) {}

  struct Outcome {
    std::uint64_t events = 0;  // let go, whole or down to their consent
    bool is_empty = false;     // nothing is left to keep: all rows of the profile may go
  };
  // `strands`: all of a profile's. `is_named`: it has an identifier besides anonymousIds. Where the outcome
  // is empty nothing has been written.
  Result<Outcome> forget_events(const std::vector<StrandRecord>& strands, bool is_named,
                                std::int64_t horizon_ms);

 private:
  struct Chunk {
    ChunkId id = 0;
    std::vector<StoredEvent> left;  // with their JSON
    bool changes = false;
  };
  Result<void> read(const StrandRecord& strand, std::size_t sender, std::int64_t horizon_ms);
  void take(std::size_t chunk, std::size_t sender, StoredEvent event, std::int64_t horizon_ms);
  Result<void> keep_remembered();
  Result<void> write();

  StrandRows& rows_;
  ChunkCodec codec_;
  std::vector<Chunk> chunks_;
  std::vector<ExpiredEvent> expired_;  // those that say something of consent
  std::vector<std::size_t> chunk_of_;  // of each of expired_
  std::uint64_t let_go_ = 0;
  bool is_live_ = false;  // an event is left that is no remainder
};

}  // namespace desirepath::collector
