// Reads the journal ahead of the fold and makes its events ready, on a thread of its own: reading, checking
// and parsing then cost the fold nothing but memory, which is bounded.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "collector/error.hpp"
#include "collector/journal/journal.hpp"
#include "collector/profile/stored_event.hpp"

namespace desirepath::collector {

// Consecutive batches of the journal, ready to fold.
struct JournalPortion {
  Cursor reached;                   // of the last of them
  std::int64_t received_at_ms = 0;  // of the last of them
  std::size_t bytes = 0;            // about what its events take in memory
  std::vector<StoredEvent> events;
  std::vector<AcceptedBatch> with_rejected;  // batches with something else than events, without their events
  std::vector<Error> refused;  // events that could not be read; never expected, ingest has checked them
};

class JournalReader {
 public:
  // The journal outlives the reader. Begins reading at once, above `after`;
  // a portion is `batches_max` batches at most.
  JournalReader(Journal& journal, Cursor after, std::size_t batches_max);
  ~JournalReader();
  JournalReader(const JournalReader&) = delete;
  JournalReader& operator=(const JournalReader&) = delete;

  // The next portion; waits for it where the journal holds one, none where all that is durable was taken.
  // After an error the same portion is tried again.
  Result<std::optional<JournalPortion>> next();

 private:
  void run();
  bool wait_for_work();
  Result<JournalPortion> read(Cursor after);

  Journal& journal_;
  const std::size_t batches_max_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<JournalPortion> ready_;
  std::size_t ready_bytes_ = 0;
  Cursor read_;  // up to which `ready_` goes
  std::optional<Error> failed_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace desirepath::collector
