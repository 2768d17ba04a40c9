// Scores: points that events add and time halves; tiers: bands of a score.
//
// A score's state is 6 time · f64 number at that time.
#pragma once

#include <cstdint>

#include "sdk/engine/condition.hpp"

namespace desirepath {

inline constexpr std::size_t kScoreBytes = kTimeBytes + sizeof(double);

// The score at `time_ms`: 0 before the first event, always finite. Reads never write.
double read_score(const Program& program, const State& state, std::uint32_t score,
                  std::int64_t time_ms) noexcept;

// The highest tier whose threshold the score reaches at `time_ms`, as its name; missing below all.
Value read_tier(const Program& program, const State& state, std::uint32_t score,
                std::int64_t time_ms) noexcept;

// Folds the scope's event into the scores its name adds to, in order: each is decayed to the event's time,
// then the points are added. Points that would lead out of the finite numbers are not added.
void update_scores(const Scope& scope, State& state, const format::EventRecord& event) noexcept;

// The first ms after `time_ms` at which the score's comparison with `constant` (below, equal, above) is
// another than at `time_ms` though nothing happens; State::kNever where it never will be up to kTimeMaxMs.
// Exact: read_score compares differently at that ms and alike at all before.
std::int64_t next_drop_ms(const Program& program, const State& state, std::uint32_t score, double constant,
                          std::int64_t time_ms) noexcept;

// The same for the score's tier.
std::int64_t next_tier_change_ms(const Program& program, const State& state, std::uint32_t score,
                                 std::int64_t time_ms) noexcept;

}  // namespace desirepath
