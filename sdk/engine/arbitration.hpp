// One instant's contest: of all triggers whose event and condition held, who may speak on which channel or
// slot.
#pragma once

#include <cstdint>
#include <string_view>

#include "sdk/engine/condition.hpp"
#include "sdk/engine/limits.hpp"
#include "sdk/engine/outcome.hpp"
#include "sdk/engine/step.hpp"

namespace desirepath {

// Decides candidates one after the other, best rank first, and records effects at the end where they count at
// once. Reasons are checked in this order: consent, purpose already served, caps of trigger, purpose and
// channel, priority.
class Arbitration {
 public:
  // `scope.state` and `state` are the same state. All of them outlive this object.
  Arbitration(const Scope& scope, State& state, Effects effects, Outcome& outcome) noexcept
      : scope_(scope), state_(state), effects_(effects), outcome_(outcome) {}

  // Decides each action of a trigger whose event and `when` held. Call in order of rank.
  void decide(std::uint32_t trigger, std::string_view anchor, bool woken) noexcept;

  // Counts the winners' effects, if effects count at once.
  void finish() noexcept;

 private:
  struct Winner {
    std::uint32_t trigger;
    std::uint32_t mark;
    format::ActionRecord action;
  };

  Reason reason_against(const format::TriggerRecord& trigger, std::uint32_t index,
                        const format::ActionRecord& action, std::uint32_t mark) const noexcept;
  bool is_served_now(const format::TriggerRecord& trigger, std::uint32_t index) const noexcept;
  // Whether the effects within the cap's window, those of `mark` left out, and `more` use it up.
  bool is_capped(const format::Cap& cap, std::uint32_t mark, std::uint32_t more) const noexcept;
  // Triggers other than `trigger` that won the channel or slots on it. A trigger's winners lie side by side.
  std::uint32_t others_on(std::uint32_t channel, std::uint32_t trigger) const noexcept;
  bool is_taken(const format::ActionRecord& action) const noexcept;

  const Scope& scope_;
  State& state_;
  Effects effects_;
  Outcome& outcome_;
  // A slot or a channel without slots is won once an instant.
  Winner winners_[kSlotsMax + kChannelsMax];
  std::uint32_t winner_count_ = 0;
};

}  // namespace desirepath
