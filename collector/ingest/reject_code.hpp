// Why one event of a batch is not stored: the closed table the answer's "rejected" speaks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace desirepath::collector {

enum class RejectCode : std::uint8_t {
  not_json,        // not a JSON value, or text or a number in it that nobody can read
  not_an_object,   // a JSON value, but not an event
  too_large,       // more than kEventJsonBytesMax
  too_deep,        // nested deeper than kValueDepthMax
  bad_type,        // "type" is not one of the six
  bad_event_name,  // a track without a usable "event"
  bad_id,          // userId, anonymousId, previousId or groupId is not a usable text
  missing_id,      // nobody is named
  bad_message_id,  // messageId is not a text of at most kMessageIdBytesMax
  bad_timestamp,   // neither ISO 8601 nor milliseconds since 1970
  bad_member,      // properties, traits, context or integrations is not an object
  bot,             // a machine's, and the collector is set to drop those
  plan,            // the tracking plan refuses it
  erased,          // of somebody who has been erased since it happened; it is not kept
  expired,         // older than events are kept here; it is not kept
  consent,         // its sender does not consent to being recorded; it is not kept
  bad_receipt,     // a receipt that names no effect
};

// How many there are: the last one's place, and one.
inline constexpr std::size_t kRejectCodes = static_cast<std::size_t>(RejectCode::bad_receipt) + 1;

// The wire's word, e.g. "bad_type"; never renamed.
const char* to_string(RejectCode code) noexcept;

struct Rejection {
  std::size_t index;  // of the event in the batch; 0 for a single call
  RejectCode code;
  std::string message;  // one line: what, and what would be right
  std::string field{};  // the member at fault, e.g. "properties.revenue"; empty where it is not one
};

}  // namespace desirepath::collector
