// A file of events for `desirepath run`: one Segment-spec object a line, without a collector around it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "collector/error.hpp"
#include "sdk/engine/event.hpp"

namespace desirepath::collector::cli {

// One usable event. Owns its text; `tree` is the whole event as a tagged value.
struct FileEvent {
  std::int64_t timestamp_ms = 0;
  std::string message_id;  // the event's, else "row-" and the line number in twelve digits
  EventType type = EventType::track;
  std::string name;
  std::string user_id;
  std::string anonymous_id;
  std::string profile;
  std::vector<std::uint8_t> tree;
};

struct EventFile {
  std::vector<FileEvent> events;      // each once, sorted by (profile, timestamp, messageId)
  std::vector<std::string> mistakes;  // "FILE:LINE: what", of the lines left out
};

// Reads the file. Of events with the same stream (anonymousId, else userId) and messageId the first line
// counts. An event's profile is its userId, else the first userId seen with its anonymousId anywhere in the
// file, by (timestamp, messageId), else its anonymousId.
Result<EventFile> read_event_file(const std::string& path);

}  // namespace desirepath::collector::cli
