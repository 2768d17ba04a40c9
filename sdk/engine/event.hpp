// One event as the engine sees it, and the two ways it arrives: as a record of numbered facts
// (sdk/wasm/ABI.md) or as the tagged value of the whole event.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "sdk/engine/program.hpp"
#include "sdk/engine/value.hpp"

namespace desirepath {

enum class EventType : std::uint8_t { track = 1, page, screen, identify, group, alias };

// The wire's word for a type: "track", "page", …
std::string_view to_string(EventType type) noexcept;

// The type of that word; false where there is none.
struct ParsedEventType {
  bool ok = false;
  EventType type = EventType::track;
};
ParsedEventType parse_event_type(std::string_view word) noexcept;

// A view: nothing is owned. `facts` has one value for each fact of the program, missing where the event
// carries none.
struct Event {
  std::int64_t timestamp_ms = 0;
  EventType type = EventType::track;
  std::string_view message_id;
  std::string_view name;  // of a track: its event; else the type's word
  std::span<const Value> facts;
};

// A fact that the engine reads by itself; missing where the event does not carry it or the program has no use
// for it.
Value engine_fact(const Program& program, const Event& event, format::EngineFact fact) noexcept;

enum class EventError : std::uint8_t { none, malformed };

struct DecodedEvent {
  EventError error = EventError::malformed;
  Event event;
};

// Reads an event record and fills `facts` (one for each fact of the program; owned by the caller, who keeps
// it and `record` alive while the event is used). Hostile bytes are an error.
DecodedEvent decode_event_record(const Program& program, std::span<const std::uint8_t> record,
                                 std::span<Value> facts) noexcept;

// Fills `facts` from the whole event, an object with `properties`, `context`, on an identify `traits`, and
// `anonymousId` and `userId`, which experiments hash.
// `tree` must be valid (validated_size).
void bind_facts(const Program& program, const Value& tree, EventType type, std::span<Value> facts) noexcept;

}  // namespace desirepath
