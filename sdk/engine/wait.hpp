// Waits: delayed triggers stay in the state until their time, or until an event that ends them. One record a
// trigger, so that a wait begun anew replaces the one before.
#pragma once

#include <cstdint>
#include <string_view>

#include "sdk/engine/condition.hpp"
#include "sdk/engine/outcome.hpp"

namespace desirepath {

// Ends the waits that the scope's event ends; `cancels` is a range of section lists.
void end_waits(const Scope& scope, State& state, format::Range cancels) noexcept;

// Begins the waits of triggers whose occasion came, or begins them anew, for as long as the person's
// treatment says; an occasion that the trigger does not want ends the wait it has. `arms` is a range of
// section lists, `anchor` the event the occasion goes back to; `outcome` says the places in experiments this
// brings.
void begin_waits(const Scope& scope, State& state, format::Range arms, std::string_view anchor,
                 Outcome& outcome) noexcept;

// Lets the trigger wait until `due_ms`, whatever it waited for.
void set_wait(State& state, const format::TriggerRecord& trigger, std::int64_t due_ms,
              std::string_view anchor) noexcept;

// When the trigger's wait ends, kNoTime where it waits for nothing.
std::int64_t due_of_wait(const State& state, const format::TriggerRecord& trigger) noexcept;
// The event its wait goes back to; points into the state.
std::string_view anchor_of_wait(const State& state, const format::TriggerRecord& trigger) noexcept;

// Of the triggers whose wait is due at exactly `due_ms`, the first of rank `rank_min` or later; -1 for none.
std::int64_t find_due_wait(const Program& program, const State& state, std::int64_t due_ms,
                           std::uint32_t rank_min) noexcept;

}  // namespace desirepath
