// A request's events on their way into the journal: decode, validate, stamp, append.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "collector/error.hpp"
#include "collector/ingest/envelope.hpp"
#include "collector/ingest/recent_events.hpp"
#include "collector/ingest/reject_code.hpp"
#include "collector/journal/journal.hpp"

namespace desirepath::collector {

struct IngestAnswer {
  std::size_t accepted = 0;    // stored for the first time, as far as is known here
  std::size_t duplicates = 0;  // stored again; the fold keeps the first
  std::vector<Rejection> rejected;
  Cursor cursor{};  // reads that wait for it see these events
};

// Who sent it, as the key says.
struct Sender {
  std::string source;
  Trust trust = Trust::claimed;
};

// Thread-safe. The journal must outlive it.
class Ingest {
 public:
  // `now_ms`: the wall clock, integer milliseconds UTC.
  Ingest(Journal& journal, std::function<std::int64_t()> now_ms);

  // Decoding, for which no key is needed: the key may be in the body. `type` is none for a batch.
  static Result<Envelope> read(std::string_view body, std::string_view content_encoding,
                               std::optional<EventType> type);

  // Stores what is good and says what is not. Returns after fsync; ErrorCode::not_durable means nothing was
  // stored.
  Result<IngestAnswer> accept(const Envelope& envelope, const Sender& sender);

 private:
  Journal& journal_;
  std::function<std::int64_t()> now_ms_;
  RecentEvents recent_;
};

}  // namespace desirepath::collector
