// Watched audiences: those whose coming and going of members is somebody's occasion. The state remembers for
// each whether the person is a member, when that can change by itself, and the last event that could change
// it.
#pragma once

#include <cstdint>
#include <string_view>

#include "sdk/engine/condition.hpp"

namespace desirepath {

enum class Membership : std::uint8_t { same, entered, left };

// Looks at the audience anew and says what changed since it was last looked at. An event of the scope's is
// remembered as the one that touched it. `is_beginning`: this is the person's first event, before which
// nobody is a member; a watch that the state does not have begins without a change at any later one.
Membership look_at(const Scope& scope, State& state, std::uint32_t watch, bool is_beginning) noexcept;

// Whether the watch is to be looked at at exactly `due_ms`.
bool is_watch_due(const Program& program, const State& state, std::uint32_t watch,
                  std::int64_t due_ms) noexcept;

// The last event that touched the audience; points into the state.
std::string_view anchor_of_watch(const Program& program, const State& state, std::uint32_t watch) noexcept;

// Looks at the audiences the scope's event can change: calls `changed(watch, membership)` for each that did.
// `event` is the event's entry in the program, null where it has none.
template <typename Changed>
void look_after_event(const Scope& scope, State& state, const format::EventRecord* event, bool is_beginning,
                      Changed changed) noexcept {
  const auto look = [&](std::uint32_t watch) {
    const Membership membership = look_at(scope, state, watch, is_beginning);
    if (membership != Membership::same) changed(scope.program.watches()[watch], membership);
  };
  for (std::uint32_t i = 0; i < scope.program.watches().size(); ++i) {
    if (is_beginning || scope.program.watches()[i].of_every_event != 0) look(i);
  }
  if (event == nullptr || is_beginning) return;
  for (std::uint32_t i = event->watches.begin; i < event->watches.end; ++i) look(scope.program.list(i));
}

}  // namespace desirepath
