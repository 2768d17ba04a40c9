// A person's local time. The state remembers the zone and the offset that events said last; the rules of the
// zone come from the host with each call.
#pragma once

#include <cstdint>
#include <string_view>

#include "sdk/engine/condition.hpp"
#include "sdk/engine/limits.hpp"

namespace desirepath {

// Bytes of what the state remembers of it.
inline constexpr std::size_t kPersonClockBytesMax = 2 + kZoneNameBytesMax;

// Whether a host has to look up zones for this program.
inline bool uses_local_time(const Program& program) noexcept {
  return program.header().facts[static_cast<std::size_t>(format::EngineFact::timezone)] != 0;
}

// Whether a text is a name of the IANA data base as events may say it: UTC, or places joined by `/`, of at
// most kZoneNameBytesMax bytes, the first an upper-case letter, the others letters, digits, `_ - +`.
bool is_zone_name(std::string_view text) noexcept;

// The zone the person is in, as an event said it last; empty when none did. A view into the state. A host
// looks up its rules before `wake`, and before reading what local time decides.
std::string_view zone_name(const State& state) noexcept;

// The zone this event says (`context.timezone`), empty for none: after a step of the event it is the
// person's. What is_zone_name refuses says nothing.
std::string_view stated_zone(const Program& program, const Event& event) noexcept;

// Remembers the zone and the offset the event says, if the program has a use for local time.
void update_person_clock(const Program& program, State& state, const Event& event) noexcept;

// By the rules of the person's zone, else at the offset an event said last (`context.utcOffset`, minutes east
// of UTC), else UTC. A view of `zones`.
LocalClock person_clock(const State& state, ZoneTable zones) noexcept;

// `now.*` at the scope's moment.
Value now_value(const Scope& scope, format::NowField field) noexcept;

// Whether the channel is in its quiet hours at the scope's moment.
bool is_quiet(const Scope& scope, const format::ChannelRecord& channel) noexcept;

}  // namespace desirepath
