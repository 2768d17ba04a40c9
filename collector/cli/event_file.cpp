#include "collector/cli/event_file.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <map>
#include <optional>
#include <set>
#include <tuple>

#include "collector/ingest/tagged_json.hpp"
#include "collector/ingest/timestamp.hpp"
#include "sdk/engine/limits.hpp"

namespace desirepath::collector::cli {

namespace {

using Line = Result<FileEvent>;

std::string text_member(const Value& tree, std::string_view key) {
  const Value value = tree.at(key);
  return value.is_string() ? std::string(value.text()) : std::string();
}

std::optional<std::int64_t> timestamp_of(const Value& value) {
  if (value.is_string()) return parse_timestamp(value.text());
  const double number = value.is_number() ? std::trunc(value.number()) : -1;
  if (number < 0 || number > static_cast<double>(kTimeMaxMs)) return std::nullopt;
  return static_cast<std::int64_t>(number);
}

tl::unexpected<Error> unusable(std::string what) {
  return failure(ErrorCode::bad_file, std::move(what));
}

Line read_line(std::string_view line, std::size_t number) {
  Result<std::vector<std::uint8_t>> tagged = tagged_from_json(line);
  if (!tagged) return tl::unexpected(tagged.error());
  FileEvent event;
  event.tree = std::move(*tagged);
  const Value tree = Value::read(event.tree.data());
  if (!tree.is_object()) return unusable("an event is an object");

  const ParsedEventType type = parse_event_type(text_member(tree, "type"));
  if (!type.ok) return unusable("'type' must be track, page, screen, identify, group or alias");
  event.type = type.type;
  event.name = type.type == EventType::track ? text_member(tree, "event") : std::string(to_string(type.type));
  if (event.name.empty()) return unusable("a track lacks its 'event'");

  const std::optional<std::int64_t> time_ms = timestamp_of(tree.at("timestamp"));
  if (!time_ms) return unusable("'timestamp' must be ISO 8601 or milliseconds since 1970");
  event.timestamp_ms = *time_ms;

  event.user_id = text_member(tree, "userId");
  event.anonymous_id = text_member(tree, "anonymousId");
  if (event.user_id.empty() && event.anonymous_id.empty())
    return unusable("neither 'userId' nor 'anonymousId'");

  event.message_id = text_member(tree, "messageId");
  if (event.message_id.size() > kMessageIdBytesMax) {
    return unusable("'messageId' is longer than " + std::to_string(kMessageIdBytesMax) + " bytes");
  }
  if (event.message_id.empty()) {
    char derived[24];
    std::snprintf(derived, sizeof derived, "row-%012zu", number);
    event.message_id = derived;
  }
  return event;
}

bool is_blank(std::string_view line) {
  return line.find_first_not_of(" \t\r") == std::string_view::npos;
}

const std::string& stream_of(const FileEvent& event) {
  return event.anonymous_id.empty() ? event.user_id : event.anonymous_id;
}

// In file order.
void drop_duplicates(std::vector<FileEvent>& events) {
  std::set<std::pair<std::string, std::string>> seen;
  events.erase(std::remove_if(events.begin(), events.end(),
                              [&](const FileEvent& event) {
                                return !seen.emplace(stream_of(event), event.message_id).second;
                              }),
               events.end());
}

void find_profiles(std::vector<FileEvent>& events) {
  std::map<std::string, const FileEvent*> first_identified;
  for (const FileEvent& event : events) {
    if (event.user_id.empty() || event.anonymous_id.empty()) continue;
    const FileEvent*& first = first_identified[event.anonymous_id];
    if (first == nullptr ||
        std::tie(event.timestamp_ms, event.message_id) < std::tie(first->timestamp_ms, first->message_id)) {
      first = &event;
    }
  }
  for (FileEvent& event : events) {
    const auto known = first_identified.find(event.anonymous_id);
    event.profile = !event.user_id.empty()            ? event.user_id
                    : known != first_identified.end() ? known->second->user_id
                                                      : event.anonymous_id;
  }
}

}  // namespace

Result<EventFile> read_event_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return failure(ErrorCode::bad_file, path + ": cannot be read");
  EventFile file;
  std::string line;
  for (std::size_t number = 1; std::getline(in, line); ++number) {
    if (is_blank(line)) continue;
    Line event = read_line(line, number);
    if (event) {
      file.events.push_back(std::move(*event));
    } else {
      file.mistakes.push_back(path + ":" + std::to_string(number) + ": " + event.error().message);
    }
  }
  if (in.bad()) return failure(ErrorCode::bad_file, path + ": cannot be read to its end");
  drop_duplicates(file.events);
  find_profiles(file.events);
  std::stable_sort(file.events.begin(), file.events.end(), [](const FileEvent& a, const FileEvent& b) {
    return std::tie(a.profile, a.timestamp_ms, a.message_id) <
           std::tie(b.profile, b.timestamp_ms, b.message_id);
  });
  return file;
}

}  // namespace desirepath::collector::cli
