// An event as the profile store keeps it.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "collector/error.hpp"
#include "collector/journal/accepted_batch.hpp"
#include "sdk/engine/value.hpp"

namespace desirepath::collector {

// The source of facts the collector states itself; no key has this name.
inline constexpr std::string_view kCollectorSource = "#collector";
// The source of imported events: what is imported is past, and never acts.
inline constexpr std::string_view kImportSource = "import";

struct StoredEvent {
  std::int64_t timestamp_ms = 0;
  std::int64_t received_at_ms = 0;
  std::uint64_t position = 0;  // in the store's history, when it was kept; 0: not yet
  std::string message_id;
  std::string source;
  Trust trust = Trust::claimed;
  std::vector<std::uint8_t> tree;  // the whole event as one tagged object
  std::string json;                // as accepted; empty where it was not asked for
  // The tree renders to the JSON byte by byte, as it does for what JSON.stringify writes: `json` need not be
  // kept beside it.
  bool is_rendered = false;

  Value value() const { return Value::read(tree.data()); }
};

// Lets go of the JSON where the tree renders to it.
void drop_rendered_json(StoredEvent& event);
// The event as accepted, of one whose JSON was kept or dropped so.
std::string accepted_json(const StoredEvent& event);

// Where an event stands in its profile: by time, then messageId, bytewise; events of two streams that agree
// in both are told apart by the stream.
struct EventOrder {
  std::int64_t timestamp_ms = INT64_MIN;
  std::string message_id;
  std::string stream;  // to_string of its stream

  friend auto operator<=>(const EventOrder&, const EventOrder&) = default;
  friend bool operator==(const EventOrder&, const EventOrder&) = default;
};

// What `Error::field` says where one profile's stored bytes are damaged: the store itself is well, and others
// need not wait.
inline constexpr const char* kDamagedProfile = "profile";
inline bool is_damaged_profile(const Error& error) {
  return error.code == ErrorCode::storage && error.field == kDamagedProfile;
}

// 64 bits of a messageId for "certainly new"; equal hashes are settled by the messageIds themselves.
std::uint64_t message_hash(std::string_view message_id);

// Whether two copies of an event say the same; what depends on how and when they were sent (sentAt,
// context.server, a time set right by the collector) is left aside.
bool same_event(const Value& one, const Value& other);

}  // namespace desirepath::collector
