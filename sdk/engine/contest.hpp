// What holds a decision back: the closed set of reasons, in their order.
#pragma once

#include <cstdint>

#include "sdk/engine/condition.hpp"
#include "sdk/engine/limits.hpp"
#include "sdk/engine/outcome.hpp"
#include "sdk/engine/suppression.hpp"

namespace desirepath {

// One trigger that wants to speak by one of its actions.
struct Contender {
  std::uint32_t trigger = 0;
  const format::ActionRecord& action;
  std::uint32_t mark = 0;  // effect_mark of the trigger and its anchor
  bool is_held_out = false;
};

// One instant's contenders, asked one after the other, best rank first. Reads alone: a state changes between
// instants, never inside of one.
class Contest {
 public:
  // `scope` outlives this object.
  explicit Contest(const Scope& scope) noexcept : scope_(scope) {}

  // The first reason that applies, of the person's state and of who has won so far: consent, suppressed,
  // holdout, purpose_served, promise_conflict, cap_trigger, cap_purpose, cap_channel, lower_priority.
  Reason reason_against(const Contender& contender) noexcept;
  // The contender, against whom there was no reason, speaks.
  void win(const Contender& contender) noexcept;

  struct Winner {
    std::uint32_t trigger;
    std::uint32_t mark;
    format::ActionRecord action;
  };
  const Winner* begin() const noexcept { return winners_; }
  const Winner* end() const noexcept { return winners_ + count_; }

 private:
  bool is_served(const format::TriggerRecord& trigger, std::uint32_t index) const noexcept;
  bool is_contradicted_now(const format::TriggerRecord& trigger) const noexcept;
  // Whether the effects within the cap's window, those of `mark` left out, and `more` use it up.
  bool is_capped(const format::Cap& cap, std::uint32_t mark, std::uint32_t more) const noexcept;
  std::uint32_t others_on(const Contender& contender) const noexcept;
  bool is_taken(const Contender& contender) const noexcept;

  const Scope& scope_;
  Suppressions suppressions_;
  // A slot or a channel without slots is won once an instant.
  Winner winners_[kSlotsMax + kChannelsMax];
  std::uint32_t count_ = 0;
};

}  // namespace desirepath
