// Effects as a state keeps them: for each cap, purpose and promise a list in order of time.
//
//   per entry 14 B: time · u32 identity, in place of its lowest bit: settled · u32 source
//
// An identity counts once, at the latest time something was said of it. What was shown or sent is settled and
// stays; a reservation is open until its source settles it or takes it back. So a release is exact: it
// removes what that very decision reserved and leaves what was delivered.
#pragma once

#include <cstddef>
#include <cstdint>

#include "sdk/engine/state.hpp"

namespace desirepath {

inline constexpr std::size_t kListedEffectBytes = kTimeBytes + 8;

// What a full list forgets.
enum class Forgets : std::uint8_t {
  earliest,   // of a cap: what lies furthest back
  surpassed,  // of a purpose or promise: what a settled entry of the same source outlasts, else the earliest
};

// Where an effect is kept, and as what.
struct EffectPlace {
  std::uint32_t key = 0;  // of the state record
  Family family = Family::effects;
  std::uint32_t entries_max = 0;
  Forgets forgets = Forgets::earliest;
  std::uint32_t identity = 0;  // the lowest bit is not looked at
  std::uint32_t source = 0;
};

// Adds an effect, in place of what it says anew; `settled` false: a reservation.
void list_effect(State& state, const EffectPlace& place, std::int64_t time_ms, bool settled) noexcept;

// Takes an open reservation of the place's identity and source back.
void unlist_reservation(State& state, const EffectPlace& place) noexcept;

// A list to be read, empty where there is none. Valid until the state changes.
class EffectList {
 public:
  EffectList(const State& state, std::uint32_t key, Family family) noexcept
      : record_(state.find(key, family)) {}

  std::size_t size() const noexcept { return record_.size() / kListedEffectBytes; }
  std::int64_t time_ms(std::size_t index) const noexcept { return load_time(at(index)); }
  bool is_of(std::size_t index, std::uint32_t identity) const noexcept;
  std::uint32_t source(std::size_t index) const noexcept;
  // Whether a later entry says when the same identity counts.
  bool is_repeated(std::size_t index) const noexcept;

 private:
  const std::uint8_t* at(std::size_t index) const noexcept {
    return record_.data() + index * kListedEffectBytes;
  }

  Payload record_;
};

}  // namespace desirepath
