// A request's events on their way into the journal: decode, validate, stamp, append.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "collector/error.hpp"
#include "collector/ingest/address_policy.hpp"
#include "collector/ingest/check_event.hpp"
#include "collector/ingest/clock_book.hpp"
#include "collector/ingest/envelope.hpp"
#include "collector/ingest/geo_file.hpp"
#include "collector/ingest/limits.hpp"
#include "collector/ingest/recent_events.hpp"
#include "collector/ingest/reject_code.hpp"
#include "collector/ingest/server_context.hpp"
#include "collector/ingest/tracking_plan.hpp"
#include "collector/journal/journal.hpp"

namespace desirepath::collector {

struct IngestAnswer {
  std::size_t accepted = 0;    // stored for the first time, as far as is known here
  std::size_t duplicates = 0;  // stored again; the fold keeps the first
  std::vector<Rejection> rejected;
  std::vector<Rejection> warnings;  // stored all the same
  Cursor cursor{};                  // reads that wait for it see these events
};

// What an operator decides about it.
struct IngestOptions {
  std::size_t event_bytes_max = kEventJsonBytesMax;
  std::size_t body_bytes_max = kBodyBytesMax;          // as sent, and after decompression
  std::uint64_t backlog_bytes_max = kBacklogBytesMax;  // in the journal while the fold is behind
  AddressPolicy address = AddressPolicy::anonymous;
  bool drop_bots = false;                  // else they are flagged and stored
  std::chrono::milliseconds retention{0};  // how old an event may be; 0: any age
  std::string consent_required{};          // a category that an event may not deny; empty: none
};

// What it works with, besides the journal; each may be null, and outlives it.
struct IngestParts {
  IngestOptions options{};
  ClockBook* clocks = nullptr;   // none: no clock is corrected
  const GeoFile* geo = nullptr;  // none: no place is told
  // Whether an event is of somebody who has been erased since it happened: such a one is rejected. Any
  // thread.
  std::function<bool(const AcceptedEvent& event, std::int64_t received_at_ms)> is_erased = {};
  // Whether an event says that its sender does not consent to the category: such a one is rejected and not
  // kept. Any thread; asked where `consent_required` says a category.
  std::function<bool(std::string_view category, const AcceptedEvent& event)> is_denied = {};
};

// One rejected event that is to be tried again; views live as long as the call.
struct RejectedAgain {
  std::int64_t id = 0;  // in the profile store
  std::string_view message_id;
  std::string_view json;  // as it came, or mended
};

// Thread-safe. The journal must outlive it.
class Ingest {
 public:
  // `now_ms`: the wall clock, integer milliseconds UTC.
  Ingest(Journal& journal, std::function<std::int64_t()> now_ms, IngestParts parts = {});

  // Decoding, for which no key is needed: the key may be in the body. `type` is none for a batch.
  static Result<Envelope> read(std::string_view body, std::string_view content_encoding,
                               std::optional<EventType> type, std::size_t body_bytes_max = kBodyBytesMax);

  // Stores what is good and says what is not; what is not is kept too, with its reason, except what is
  // dropped
  // (`bot`), and what must not be here (`erased`, `expired`, `consent`). Returns after fsync;
  // ErrorCode::not_durable means nothing was stored.
  Result<IngestAnswer> accept(const Envelope& envelope, const Sender& sender);

  // Stores events once rejected, as if they had come in whole at `received_at_ms`, and in the same commit
  // marks them replayed; those that are rejected again are told by their place in `events` and stay as they
  // are.
  Result<IngestAnswer> accept_again(const std::vector<RejectedAgain>& events, const Sender& sender,
                                    std::int64_t received_at_ms);

  const IngestOptions& options() const { return parts_.options; }
  // From now on; none: nothing is held against a plan.
  void use_plan(std::shared_ptr<const TrackingPlan> plan);

 private:
  std::shared_ptr<const TrackingPlan> plan() const;
  // Why an event that is well is not taken in all the same, and not kept either.
  std::optional<EventMistake> refusal(const AcceptedEvent& event, std::int64_t received_at_ms) const;
  Result<IngestAnswer> append(const AcceptedBatch& batch, IngestAnswer answer,
                              const std::vector<std::uint64_t>& keys);

  Journal& journal_;
  std::function<std::int64_t()> now_ms_;
  const IngestParts parts_;
  RecentEvents recent_;
  mutable std::mutex plan_mutex_;
  std::shared_ptr<const TrackingPlan> plan_;
};

}  // namespace desirepath::collector
