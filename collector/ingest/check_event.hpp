// The second and third step of ingest for one event: validate it, stamp it. A pure function but for minted
// ids.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "collector/ingest/clock_book.hpp"
#include "collector/ingest/limits.hpp"
#include "collector/ingest/raw_json.hpp"
#include "collector/ingest/reject_code.hpp"
#include "collector/ingest/server_context.hpp"
#include "collector/ingest/shared_members.hpp"
#include "collector/ingest/tracking_plan.hpp"
#include "collector/journal/accepted_batch.hpp"
#include "sdk/engine/event.hpp"
#include "tl/expected.hpp"

namespace desirepath::collector {

// Null where there is none; what is pointed to belongs to one request.
struct EventCircumstance {
  std::int64_t received_at_ms = 0;
  std::optional<EventType> type;  // of /v1/track and its like: counts more than what the event says
  const SharedMembers* shared = nullptr;
  std::size_t event_bytes_max = kEventJsonBytesMax;
  std::string_view message_id{};    // where given, the event's, whatever it says: of one that is replayed
  ServerContext* server = nullptr;  // fills context.server
  DeviceClocks* clocks = nullptr;   // corrects the times of claimed events
  const TrackingPlan* plan = nullptr;
  bool drop_bots = false;
};

struct CheckedEvent {
  AcceptedEvent event;
  std::string stream;                  // anonymousId, else userId: the scope of its messageId
  std::optional<PlanVerdict> warning;  // of the tracking plan; the event is flagged with it
};

struct EventMistake {
  RejectCode code;
  std::string message;
  std::string field{};
};

// `json` is JSON that a parser has accepted. What comes out has type, messageId and timestamp: that of the
// sender, else originalTimestamp, by a clock set right (clock_book.hpp), never later than receipt; else the
// receipt's. Where it is not the sender's, that is kept as originalTimestamp. A missing messageId is minted.
// An identify without traits has those of its context. writeKey is taken out, context.server is the
// collector's. It has no line breaks.
tl::expected<CheckedEvent, EventMistake> check_event(std::string_view json,
                                                     const EventCircumstance& circumstance);

// The same for text that nobody has parsed yet.
tl::expected<CheckedEvent, EventMistake> read_event(const std::string& json,
                                                    const EventCircumstance& circumstance);

}  // namespace desirepath::collector
