// The tracking plan: what each event should look like, as its owners agreed on it, and what is done with one
// that does not.
//
//   { "plan": 1, "mode": "warn", "unplanned": "allow",
//     "events": { "Order Completed": { "owner": "shop", "description": "…", "mode": "reject",
//                                      "schema": { "required": ["order_id"], "properties": { … } } } },
//     "identify": { "schema": { … } }, "page": { … }, "screen": { … }, "group": { … } }
//
// A schema is JSON Schema draft 7 (schema_reader.hpp says which part) over what the call says: `properties`
// of track, page and screen, `traits` of identify and group; an absent one is held against it as {}. `mode`
// says what happens to an event that does not fit: "allow" does not look, "warn" stores it flagged and tells
// the sender, "reject" keeps it among the rejected. An event's own mode counts before the plan's, which is
// "warn". `unplanned` says the same of track events that the plan does not name; it is "allow" where nothing
// is said. The engine's own facts (Decision Exposed and its like) are never held against a plan.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "collector/error.hpp"
#include "collector/ingest/event_schema.hpp"
#include "sdk/engine/event.hpp"

namespace desirepath::collector {

enum class PlanMode : std::uint8_t { allow, warn, reject };

// What the plan has against an event.
struct PlanVerdict {
  PlanMode mode;        // warn or reject
  std::string field;    // e.g. "properties.revenue"; "event" for one that is not planned
  std::string message;  // one line: which event, whose it is, what is wrong
};

// Immutable; any thread.
class TrackingPlan {
 public:
  // Comments are allowed. ErrorCode::bad_configuration with every mistake, a line each:
  // "file:line:col: error: text".
  static Result<std::shared_ptr<const TrackingPlan>> read(std::string_view file, std::string_view text);

  // `name`: of a track event. `payload`: its raw properties, or traits for identify and group; empty where
  // there are none.
  std::optional<PlanVerdict> judge(EventType type, std::string_view name, std::string_view payload) const;

 private:
  struct Planned {
    std::string owner;
    PlanMode mode = PlanMode::warn;
    std::unique_ptr<EventSchema> schema;  // none: anything is right
  };
  friend class PlanReader;
  static std::optional<PlanVerdict> judge(const Planned& planned, EventType type, std::string_view name,
                                          std::string_view payload);

  PlanMode unplanned_ = PlanMode::allow;
  std::map<std::string, Planned, std::less<>> events_;
  std::map<EventType, Planned> calls_;
};

}  // namespace desirepath::collector
