// Every bound of what is read of a profile, with its unit and what it means in the world.
#pragma once

#include <cstddef>
#include <cstdint>

namespace desirepath::collector {

// Changes of audience that are told of one profile, the newest; ten years of coming and going every week.
inline constexpr std::size_t kMembershipChangesMax = 1'000;

// Times between two events at which audiences are looked at again: every entry of some windows runs out.
inline constexpr std::size_t kMembershipTurnsMax = 20'000;

// Events up to which a profile is shown with its stage and audience history: a replay of a millisecond or
// two. Of larger ones /history tells it.
inline constexpr std::size_t kHistoryInlineEventsMax = 200;

// Events of a profile whose past is folded anew for one read: some seconds. More are refused, in favour of
// the others who read.
inline constexpr std::size_t kPastEventsMax = 500'000;

// Events the recent lists of a profile are drawn from, and the length of each list.
inline constexpr std::size_t kRecentEventsRead = 500;
inline constexpr std::size_t kRecentListMax = 50;

// Last interactions of all channels: what fits on an agent's card.
inline constexpr std::size_t kInteractionsMax = 20;

// How long a decision handed to a caller keeps others from the same purpose, and how many are kept: with
// fifty a second, all of half an hour. Of more, those that end first are let go.
inline constexpr std::int64_t kDecisionHoldMs = 30LL * 60 * 1000;
inline constexpr std::size_t kDecisionHoldsMax = 100'000;

// How far back a decision that still stands is looked for; its own freshness (an hour by default) then
// decides.
inline constexpr std::int64_t kStandingDecisionMs = 24LL * 60 * 60 * 1000;
inline constexpr std::size_t kStandingDecisionsMax = 10'000;

// Events of a profile whose state is folded for a device at each sync: some tens of milliseconds.
inline constexpr std::size_t kSyncEventsMax = 20'000;

}  // namespace desirepath::collector
