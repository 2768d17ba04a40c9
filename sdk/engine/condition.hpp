// Conditions over facts: MongoDB-style query documents, compiled to a tree in prefix order.
#pragma once

#include <cstdint>

#include "sdk/engine/event.hpp"
#include "sdk/engine/local_time.hpp"
#include "sdk/engine/program.hpp"
#include "sdk/engine/state.hpp"
#include "sdk/engine/value.hpp"

namespace desirepath {

// What a condition looks at: the profile at a moment and, if there is one, the event of that moment.
struct Scope {
  const Program& program;
  const State& state;
  const Event* event;  // null when a wait ran out or the profile is only read
  std::int64_t time_ms;
  ZoneTable zones{};   // for the person's local time
  Value element = {};  // inside a group over elements
};

// Whether the condition that starts at `node` holds. A fact that is missing is null.
bool holds(const Scope& scope, std::uint32_t node) noexcept;

// As stored: `node_plus_one` 0 is no condition, which always holds.
inline bool holds_optional(const Scope& scope, std::uint32_t node_plus_one) noexcept {
  return node_plus_one == 0 || holds(scope, node_plus_one - 1);
}

// What a node that is no group looks at, at the scope's moment; missing where that is not there.
Value subject_value(const Scope& scope, const format::NodeRecord& node) noexcept;

// The value of a fact in its event, walked along a path (+1).
Value fact_value(const Scope& scope, std::uint32_t fact, std::uint32_t path_plus_one) noexcept;

}  // namespace desirepath
