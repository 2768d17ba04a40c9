// What a person seems to want in the running session: the intent of the stage that most of its events speak
// for.
#pragma once

#include "sdk/engine/condition.hpp"

namespace desirepath {

// Bytes of the record for each stage that has evidence.
inline constexpr std::size_t kIntentEntryBytes = 8;

struct Intent {
  bool known = false;       // some event of the session was evidence
  std::uint32_t stage = 0;  // most evidence; ties: the latest, then the stage declared last
  std::uint32_t evidence = 0;
  double confidence = 0;  // evidence / (all evidence of the session + 1)
};

Intent session_intent(const Program& program, const State& state) noexcept;

// How much of the latest session's evidence speaks for a stage: n / (all + 1), n the stage's; 0 without any.
double confidence_in_stage(const Program& program, const State& state, std::uint32_t stage) noexcept;

// `session.intent`, `session.intent_confidence`: missing before any evidence.
Value intent_value(const Program& program, const State& state, format::IntentField field) noexcept;

// A session that begins has no evidence.
void forget_intent(State& state) noexcept;

// Counts the scope's event, whose entry in the program is `event`, for the stages it speaks for.
void update_intent(const Scope& scope, State& state, const format::EventRecord& event) noexcept;

}  // namespace desirepath
