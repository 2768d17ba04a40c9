// Promises: what a message offers. Two that contradict are not made to one person at a time.
#pragma once

#include <cstdint>

#include "sdk/engine/program.hpp"
#include "sdk/engine/state.hpp"

namespace desirepath {

// Whether the one promise (+1) contradicts the other (+1); no promise contradicts nothing.
bool contradicts(const Program& program, std::uint32_t promise, std::uint32_t other) noexcept;

// Whether an effect in force at `time_ms` promised what contradicts `promise` (+1).
bool is_contradicted(const Program& program, const State& state, std::uint32_t promise,
                     std::int64_t time_ms) noexcept;

}  // namespace desirepath
