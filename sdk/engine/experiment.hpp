// Experiments: who gets which treatment, and what a trigger is for them.
#pragma once

#include <cstdint>
#include <string_view>

#include "sdk/engine/condition.hpp"
#include "sdk/engine/outcome.hpp"

namespace desirepath {

// A person's place in an experiment. Sticky: the earliest one stays, whatever unit later events carry.
struct Place {
  bool is_assigned = false;
  bool is_held_out = false;
  bool is_crossed = false;  // facts disagree: no result should count this person
  std::uint32_t cell = 0;   // of section cells
  std::int64_t time_ms = 0;
};

// The place the state remembers. An assignment to a treatment that the experiment no longer has is none.
Place read_place(const Program& program, const State& state, std::uint32_t experiment) noexcept;

// How a trigger is for the scope's person.
struct TriggerForm {
  bool is_enabled = true;
  bool is_held_out = false;     // by its experiment or by the journey's holdout
  std::uint32_t treatment = 0;  // string +1
  std::int64_t wait_ms = 0;
  format::Range actions{};
};

// The form of the person's treatment: the remembered one, else the one the scope's event would bring; as
// declared for who takes no part. Reads never write.
TriggerForm form_of(const Scope& scope, std::uint32_t trigger) noexcept;

// Remembers the places that deciding the trigger, or beginning its wait, brings the scope's person, and says
// them in the outcome. `state` is the scope's own.
void assign(const Scope& scope, State& state, std::uint32_t trigger, Outcome& outcome) noexcept;

// The places a person had under an earlier version, as far as the program has their experiments and
// treatments: they stand before those that facts have stated since.
void inherit_places(const Program& program, State& state, const State& before) noexcept;

// Takes over what an `Experiment Assigned` event states: the place of a person who has none; for others, a
// crossed one where it differs.
void adopt_assignment(const Scope& scope, State& state) noexcept;

}  // namespace desirepath
