#include "collector/profile/stored_event.hpp"

namespace desirepath::collector {

std::uint64_t message_hash(std::string_view message_id) {
  std::uint64_t hash = 14695981039346656037ULL;
  for (const char c : message_id) hash = (hash ^ static_cast<std::uint8_t>(c)) * 1099511628211ULL;
  hash ^= hash >> 32;
  return hash * 0x9E3779B97F4A7C15ULL;
}

bool same_event(const Value& one, const Value& other) {
  if (!one.is_object() || !other.is_object()) return false;
  const auto included = [](const Value& object, const Value& in) {
    ValueCursor cursor(object);
    while (cursor.next()) {
      if (cursor.key() == "sentAt" || cursor.key() == "receivedAt") continue;
      if (!Value::equal(cursor.value(), in.at(cursor.key()))) return false;
    }
    return true;
  };
  return included(one, other) && included(other, one);
}

}  // namespace desirepath::collector
