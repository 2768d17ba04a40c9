// Effects: what was really shown or sent, and what is reserved to be. Caps, purposes and promises count these
// and nothing else.
#pragma once

#include <cstdint>

#include "sdk/engine/effect_list.hpp"
#include "sdk/engine/event.hpp"
#include "sdk/engine/program.hpp"
#include "sdk/engine/state.hpp"

namespace desirepath {

// One effect to be counted. What one trigger brings about after one anchor, the event that fired or armed it,
// counts once for every cap, on however many channels and by however many facts; the latest says when.
struct Effect {
  std::uint32_t trigger_key = 0;
  std::uint32_t trigger = 0;      // +1, 0 for another system's
  std::uint32_t purpose = 0;      // +1
  std::uint32_t promise = 0;      // +1
  std::uint32_t channel_key = 0;  // hash of the channel's id
  std::uint32_t channel = 0;      // +1
  std::uint32_t mark = 0;         // effect_mark of the trigger and the anchor
  std::int64_t time_ms = 0;
};

// What names the effects of one trigger after one anchor: the anchor's hash XOR the trigger's key.
std::uint32_t effect_mark(std::uint32_t trigger_key, std::string_view anchor) noexcept;

// Counts an effect; `settled` false: a reservation, which counts like a delivery until it is released. A list
// keeps kOpenReservationsMax entries beyond what its cap counts: a release is exact unless that many and a
// whole cap more came after it.
void record_effect(const Program& program, State& state, const Effect& effect, bool settled) noexcept;

// Takes back what a reservation counted; nothing where the decision was shown or sent.
void release_effect(const Program& program, State& state, const Effect& effect) noexcept;

// Of the last effects of `cap`, as many as it has times: those in (time - per, time], `mark` left out.
std::uint32_t effects_within(const State& state, const format::Cap& cap, std::uint32_t mark,
                             std::int64_t time_ms) noexcept;

// Whether another trigger than `trigger_key` had an effect for the purpose since `since_ms` (left out).
bool is_served_by_another(const Program& program, const State& state, std::uint32_t purpose,
                          std::uint32_t trigger_key, std::int64_t since_ms) noexcept;

// What an effect fact (`Decision Exposed`, `Delivered`, `Reserved`, `Released`) states.
enum class Statement : std::uint8_t { none, settled, reserved, released };
struct StatedEffect {
  Statement statement = Statement::none;
  Effect effect;
};
StatedEffect stated_effect(const Program& program, const Event& event, std::int64_t time_ms) noexcept;

}  // namespace desirepath
