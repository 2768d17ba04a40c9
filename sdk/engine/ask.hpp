// Asks: fields we may ask a person for, each only so often and only while it is not known.
#pragma once

#include <cstdint>

#include "sdk/engine/condition.hpp"

namespace desirepath {

// How often the field was asked for: in (t - per, t] of its cap, else ever. Of a window the state keeps
// AskRecord::keep times, which is as far as the cap and the program's conditions count.
std::uint32_t times_asked(const Program& program, const State& state, std::uint32_t ask,
                          std::int64_t time_ms) noexcept;

// The first time after `time_ms` at which that number is another though nothing happens: when the oldest
// leaves the cap's window. State::kNever where none will.
std::int64_t next_asked_change_ms(const Program& program, const State& state, std::uint32_t ask,
                                  std::int64_t time_ms) noexcept;

// Whether the field should be asked for at the scope's moment: it is not known, its cap is not used up and
// its condition holds. Of the profile alone: the scope's event, if any, is not read.
bool should_ask(const Scope& scope, std::uint32_t ask) noexcept;

// The ask of highest priority, then the one declared first, that should be asked now; -1 for none.
std::int64_t next_ask(const Scope& scope) noexcept;

// The ask of this field, or -1.
std::int64_t find_ask(const Program& program, std::string_view field) noexcept;

// Counts the event where it is `Field Asked`.
void update_asks(const Program& program, State& state, const Event& event, std::int64_t time_ms) noexcept;

}  // namespace desirepath
