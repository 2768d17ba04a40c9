// The engine's two moves: an event happens, or time passes. Same program, same state, same input: same bytes,
// everywhere.
#pragma once

#include <cstdint>
#include <span>

#include "sdk/engine/event.hpp"
#include "sdk/engine/local_time.hpp"
#include "sdk/engine/outcome.hpp"
#include "sdk/engine/program.hpp"
#include "sdk/engine/state.hpp"

namespace desirepath {

// What counts as an effect (frequency caps, purposes served).
enum class Effects : std::uint8_t {
  recorded,  // effect facts only: `Decision Exposed`, `Delivered`, `Reserved`, `Released`
  at_once,   // a fired decision, at its own time; effect facts of this program's triggers are passed over
};

enum class StepError : std::uint8_t {
  none,
  too_early,   // the event is before the state's clock; the host refolds
  state_full,  // the buffer is smaller than the program's state_bytes_max; the state is no longer usable
  more,        // the outcome is full: take it and call again with the same arguments; nothing is lost
};

// Folds one event: performs what is due up to its time, each instant at its own logical time, then the event
// itself. The host calls in (timestamp, messageId) order. Writes what was decided to `outcome`. Times outside
// 1970…10889 are clamped.
//
// `zones` has the rules of the person's zone (zone_name of the state) and of the one the event says
// (stated_zone), as far as the host knows them; a program without local time needs none. The waits due before
// the event see the former, the event the latter.
[[nodiscard]] StepError step(const Program& program, State& state, const Event& event, Effects effects,
                             Outcome& outcome, ZoneTable zones = {}) noexcept;

// Performs all that is due at or before `now_ms`. wake(a) then wake(b) equals wake(b). `zones` has the rules
// of the person's zone.
[[nodiscard]] StepError wake(const Program& program, State& state, std::int64_t now_ms, Effects effects,
                             Outcome& outcome, ZoneTable zones = {}) noexcept;

// Folds one event of the time before this version of the journey took over (takeover.hpp): what is known of
// the person grows, but nobody moves, nothing waits, nothing is decided. The host calls in order.
[[nodiscard]] StepError backfill(const Program& program, State& state, const Event& event,
                                 ZoneTable zones = {}) noexcept;

// When the host should call `wake` next, State::kNever for not at all.
inline std::int64_t next_wake(const State& state) noexcept {
  return state.next_wake_ms();
}

}  // namespace desirepath
