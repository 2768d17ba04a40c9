#include "collector/profile/stored_event.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "collector/ingest/tagged_json.hpp"

namespace desirepath::collector {

void drop_rendered_json(StoredEvent& event) {
  thread_local std::string rendered;  // keeps its room
  rendered.clear();
  append_json(rendered, event.value());
  event.is_rendered = rendered == event.json;
  if (event.is_rendered) event.json = std::string();
}

std::string accepted_json(const StoredEvent& event) {
  return event.is_rendered ? json_from_tagged(event.value()) : event.json;
}

std::uint64_t message_hash(std::string_view message_id) {
  std::uint64_t hash = 14695981039346656037ULL;
  for (const char c : message_id) hash = (hash ^ static_cast<std::uint8_t>(c)) * 1099511628211ULL;
  hash ^= hash >> 32;
  return hash * 0x9E3779B97F4A7C15ULL;
}

namespace {

// What the sender said of its time; the collector's own word stands in `timestamp`.
Value sender_time(const Value& event) {
  const Value original = event.at("originalTimestamp");
  return original.is_missing() ? event.at("timestamp") : original;
}

// Whether every member of `object`, but for those of `passed`, is the same in `in`.
template <std::size_t Count>
bool is_included(const Value& object, const Value& in, const std::string_view (&passed)[Count]) {
  if (!object.is_object()) return true;
  ValueCursor cursor(object);
  while (cursor.next()) {
    if (std::find(std::begin(passed), std::end(passed), cursor.key()) != std::end(passed)) continue;
    if (!in.is_object() || !Value::equal(cursor.value(), in.at(cursor.key()))) return false;
  }
  return true;
}

template <std::size_t Count>
bool same_members(const Value& one, const Value& other, const std::string_view (&passed)[Count]) {
  return is_included(one, other, passed) && is_included(other, one, passed);
}

}  // namespace

bool same_event(const Value& one, const Value& other) {
  constexpr std::string_view kJudgedApart[] = {"sentAt", "receivedAt", "timestamp", "originalTimestamp",
                                               "context"};
  constexpr std::string_view kOfTheRequest[] = {"server", "sentAt"};
  if (!one.is_object() || !other.is_object()) return false;
  return Value::equal(sender_time(one), sender_time(other)) &&
         same_members(one.at("context"), other.at("context"), kOfTheRequest) &&
         same_members(one, other, kJudgedApart);
}

}  // namespace desirepath::collector
