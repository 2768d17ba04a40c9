// Consent by category, as the events' `context.consent.categoryPreferences` say (the Segment convention).
#pragma once

#include <cstdint>

#include "sdk/engine/event.hpp"
#include "sdk/engine/program.hpp"
#include "sdk/engine/state.hpp"

namespace desirepath {

// True or false as last said, missing where nothing was said.
Value consent_value(const Program& program, const State& state, std::uint32_t consent) noexcept;

// Whether the category (+1) was granted; 0 asks for none.
bool is_consented(const Program& program, const State& state, std::uint32_t consent_plus_one) noexcept;

// Takes over the preferences an event carries.
void update_consents(const Program& program, State& state, const Event& event) noexcept;

}  // namespace desirepath
