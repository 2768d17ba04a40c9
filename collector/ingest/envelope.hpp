// A request's text, cut into its events: one for /v1/track and its like, those of "batch" for /v1/batch.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "collector/error.hpp"
#include "collector/ingest/check_event.hpp"

namespace desirepath::collector {

// Owns the text; everything else are views into it. Move-only.
struct Envelope {
  std::unique_ptr<const std::string> text;
  std::optional<EventType> type;         // of a single call
  std::vector<std::string_view> events;  // raw
  bool plain = false;  // a parser has accepted the whole text; else each event is still to be parsed
  SharedMembers shared;
  std::string write_key;  // "writeKey" of the body, empty where there is none
};

// Errors: not_json with the place of the mistake, when it is not inside one event of a batch; bad_request
// when there is no "batch" array or a shared member is not what it should be; too_large for too many events.
Result<Envelope> open_envelope(std::string text, std::optional<EventType> type);

}  // namespace desirepath::collector
