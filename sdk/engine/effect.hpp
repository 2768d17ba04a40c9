// Effects: what was really shown or sent. Caps and purposes count these and nothing else.
#pragma once

#include <cstdint>

#include "sdk/engine/event.hpp"
#include "sdk/engine/program.hpp"
#include "sdk/engine/state.hpp"

namespace desirepath {

// One effect to be counted. What one trigger brings about after one anchor, the event that fired or armed it,
// counts once for every cap, on however many channels and by however many facts; the latest says when.
struct Effect {
  std::uint32_t trigger_key = 0;
  std::uint32_t trigger = 0;  // +1, 0 for another system's
  std::uint32_t purpose = 0;  // +1
  std::uint32_t channel = 0;  // +1
  std::uint32_t mark = 0;     // effect_mark of the trigger and the anchor
  std::int64_t time_ms = 0;
};

// What names the effects of one trigger after one anchor.
std::uint32_t effect_mark(std::uint32_t trigger_key, std::string_view anchor) noexcept;

void record_effect(const Program& program, State& state, const Effect& effect) noexcept;

// Effects counted for `cap` in (time - per, time], those of `mark` left out.
std::uint32_t effects_within(const State& state, const format::Cap& cap, std::uint32_t mark,
                             std::int64_t time_ms) noexcept;

// Whether another trigger than `trigger_key` had an effect for the purpose in (time - within, time].
bool is_served_by_another(const Program& program, const State& state, std::uint32_t purpose,
                          std::uint32_t trigger_key, std::int64_t within_ms, std::int64_t time_ms) noexcept;

// The effect a `Decision Exposed` or `Decision Delivered` event states; `is_effect` false for every other
// event.
struct StatedEffect {
  bool is_effect = false;
  Effect effect;
};
StatedEffect stated_effect(const Program& program, const Event& event, std::int64_t time_ms) noexcept;

}  // namespace desirepath
