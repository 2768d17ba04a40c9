// Where the person is in the journey. A stage is entered by an event, from any other stage, in any direction,
// and left by entering another or by an event that exits it.
#pragma once

#include <cstdint>
#include <string_view>

#include "sdk/engine/condition.hpp"
#include "sdk/engine/outcome.hpp"

namespace desirepath {

struct CurrentStage {
  bool known = false;
  std::uint32_t stage = 0;
  std::int64_t since_ms = 0;
  // Why the person is here: StageRuleRecord::key of the rule that held, and the messageId of the event that
  // met it. The text points into the state.
  std::uint32_t rule_key = 0;
  std::string_view anchor;
};

// The stage of the profile; unknown before the first was entered, after one was left for none, and when this
// program does not have it.
CurrentStage current_stage(const Program& program, const State& state) noexcept;

// Makes the move the scope's event asks for: into the stage whose `enter` rule holds, of several the one
// declared last, else out of the stage the person is in by one of its `exit` rules. No move where `from` is
// `to`.
StageMove update_stage(const Scope& scope, State& state, const format::EventRecord& event) noexcept;

// The stage (+1) in which the person has been for so long that, at exactly `due_ms`, they are stuck; 0 for
// none.
std::uint32_t stage_stuck_at(const Program& program, const State& state, std::int64_t due_ms) noexcept;

// Takes over where the person was under an earlier version: the stage itself where this program has it, else
// the one it migrates to, else none. Who would have been stuck by `time_ms` is not stuck because of it.
void inherit_stage(const Program& program, State& state, const State& before, std::int64_t time_ms) noexcept;

}  // namespace desirepath
