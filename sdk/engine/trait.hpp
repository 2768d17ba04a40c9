// Traits the program asks for, remembered in the state as the last identify said.
#pragma once

#include <cstdint>

#include "sdk/engine/event.hpp"
#include "sdk/engine/program.hpp"
#include "sdk/engine/state.hpp"

namespace desirepath {

// The remembered value, missing where nobody said one. Points into the state.
Value trait_value(const Program& program, const State& state, std::uint32_t trait) noexcept;

// Whether the remembered text is only the beginning of what was said.
bool is_trait_cut(const Program& program, const State& state, std::uint32_t trait) noexcept;

// Takes over what an identify event says; a null removes the trait. Other events change nothing.
void update_traits(const Program& program, State& state, const Event& event) noexcept;

}  // namespace desirepath
