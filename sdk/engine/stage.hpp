// Where the person is in the journey. A stage is entered by an event, from any other stage, in any direction.
#pragma once

#include <cstdint>

#include "sdk/engine/condition.hpp"
#include "sdk/engine/outcome.hpp"

namespace desirepath {

struct CurrentStage {
  bool known = false;
  std::uint32_t stage = 0;
  std::int64_t since_ms = 0;
};

// The stage of the profile; unknown before the first was entered or when this program does not have it.
CurrentStage current_stage(const Program& program, const State& state) noexcept;

// Enters the stage whose rule the scope's event meets; of several, the one declared last. Staying is no move.
void update_stage(const Scope& scope, State& state, const format::EventRecord& event,
                  Outcome& outcome) noexcept;

}  // namespace desirepath
