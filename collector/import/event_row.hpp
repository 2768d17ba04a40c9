// One event from outside becomes one that the journal takes: ingest's own checks, without a request around
// it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "collector/error.hpp"
#include "collector/journal/accepted_batch.hpp"

namespace desirepath::collector {

// `json` is a Segment-spec event. Unlike a request's, it must say when it happened (`timestamp` or
// `originalTimestamp`): what is imported is past. A time after `now_ms` is clamped to it. Without a messageId
// it gets `fallback_id`, so that the same row is the same event. The error says what is wrong and what would
// be right.
Result<AcceptedEvent> accept_row(std::string json, std::string_view fallback_id, std::int64_t now_ms);

}  // namespace desirepath::collector
