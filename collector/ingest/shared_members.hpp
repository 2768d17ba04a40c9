// What a batch says once for all its events.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "collector/ingest/raw_json.hpp"
#include "sdk/engine/event.hpp"

namespace desirepath::collector {

// Raw JSON values, empty where there is none; an event that has the member itself, be it null, keeps its own.
// Of `context` the members are shared one by one, not deeper.
struct SharedMembers {
  std::string_view anonymous_id;
  std::string_view user_id;
  std::string_view context;
  RawObject context_members;  // of `context`
  std::string_view sent_at;
};

// Adds to the members of an event's own context those it does not have.
void add_shared(RawObject& context, const SharedMembers& shared);

// The event as one that needs neither its batch nor its path: with `type` and what is shared spelled out.
// `event` is cut from JSON that a parser has accepted.
std::string spelled_out(const RawObject& event, std::optional<EventType> type, const SharedMembers& shared);

}  // namespace desirepath::collector
