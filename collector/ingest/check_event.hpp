// The second and third step of ingest for one event: validate it, stamp it. A pure function but for minted
// ids.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "collector/ingest/raw_json.hpp"
#include "collector/ingest/reject_code.hpp"
#include "collector/journal/accepted_batch.hpp"
#include "sdk/engine/event.hpp"
#include "tl/expected.hpp"

namespace desirepath::collector {

// What a batch says once for all its events. Raw JSON values, empty where there is none; an event that has
// the member itself, be it null, keeps its own. Of `context` the members are shared one by one, not deeper.
struct SharedMembers {
  std::string_view anonymous_id;
  std::string_view user_id;
  std::string_view context;
  RawObject context_members;  // of `context`
};

struct EventCircumstance {
  std::int64_t received_at_ms = 0;
  std::optional<EventType> type;  // of /v1/track and its like: counts more than what the event says
  const SharedMembers* shared = nullptr;
};

struct CheckedEvent {
  AcceptedEvent event;
  std::string stream;  // anonymousId, else userId: the scope of its messageId
};

struct EventMistake {
  RejectCode code;
  std::string message;
};

// `json` is JSON that a parser has accepted. What comes out has type, messageId and timestamp; a timestamp
// later than receipt becomes the receipt's, the sender's is kept as originalTimestamp; a missing one is
// originalTimestamp, else the receipt's. A missing messageId is minted. writeKey is taken out. It has no line
// breaks.
tl::expected<CheckedEvent, EventMistake> check_event(std::string_view json,
                                                     const EventCircumstance& circumstance);

// The same for text that nobody has parsed yet.
tl::expected<CheckedEvent, EventMistake> read_event(const std::string& json,
                                                    const EventCircumstance& circumstance);

}  // namespace desirepath::collector
