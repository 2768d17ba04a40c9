// Why a trigger speaks, or why it does not: each fact its conditions look at with what was found, and what
// arbitration would answer for each of its actions. Reads never write.
#pragma once

#include <cstdint>

#include "sdk/engine/condition.hpp"
#include "sdk/engine/outcome.hpp"

namespace desirepath {

// The three conditions of a trigger: what its event must carry, what of `when` needs that event where the
// trigger waits, and the rest of `when`.
enum class ConditionPart : std::uint8_t { where, arm_when, when };

// One node of a condition, in the order of the file. A group comes before what it is over; an audience before
// its own condition, one deeper. Over the elements of an array there is one line, of the array.
struct ExplainedNode {
  ConditionPart part = ConditionPart::where;
  std::uint32_t node = 0;      // of section nodes
  std::uint32_t depth = 0;     // groups and audiences around it
  std::uint32_t audience = 0;  // +1: whose condition it belongs to
  bool held = false;
  bool is_inexact = false;  // a window that held more than its behavior keeps, or a text that was cut
  Value value;              // what was found; missing for a group. Points into the event, state or program
  Value constant;           // what it is compared with; missing for a group, a pattern and `$elemMatch`
};

// What arbitration would answer for an action if its trigger alone came to be decided now. Other triggers of
// the same instant may still take its slot, its purpose or its group.
struct ExplainedAction {
  std::uint32_t action = 0;
  std::uint32_t treatment = 0;  // string +1
  Reason reason = Reason::none;
};

// Takes the lines of an explanation as they come; false ends it. The engine keeps none of them.
struct ExplanationSink {
  void* context = nullptr;
  bool (*on_node)(void* context, const ExplainedNode& node) = nullptr;
  bool (*on_action)(void* context, const ExplainedAction& action) = nullptr;
};

// How it stands with the trigger as a whole.
struct Explanation {
  bool is_enabled = false;  // as declared, or as the person's treatment has it
  bool where_held = false;
  bool arm_when_held = false;
  bool when_held = false;
  std::int64_t due_ms = 0;  // when its wait ends; kNoTime where it waits for nothing
};

// Explains the trigger at the scope's moment, with its event if it has one. At most as many lines as the
// program has nodes, once more for each audience a condition names, and actions.
Explanation explain(const Scope& scope, std::uint32_t trigger, const ExplanationSink& sink) noexcept;

}  // namespace desirepath
