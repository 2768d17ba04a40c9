// Consent by category, as the events' `context.consent.categoryPreferences` say (the Segment convention).
#pragma once

#include <cstdint>
#include <string_view>

#include "sdk/engine/event.hpp"
#include "sdk/engine/program.hpp"
#include "sdk/engine/state.hpp"

namespace desirepath {

// True or false as last said, missing where nothing was said.
Value consent_value(const Program& program, const State& state, std::uint32_t consent) noexcept;

// Whether the category (+1) was granted; 0 asks for none.
bool is_consented(const Program& program, const State& state, std::uint32_t consent_plus_one) noexcept;

// States one category at the state's own time, without an event; nothing where the program has it not.
void set_consent(const Program& program, State& state, std::string_view category, bool granted) noexcept;

// Takes over the preferences an event carries.
void update_consents(const Program& program, State& state, const Event& event) noexcept;

}  // namespace desirepath
