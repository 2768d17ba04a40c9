// One instant's decisions: of all triggers whose occasion and condition held, who speaks on which channel or
// slot.
#pragma once

#include <cstdint>
#include <string_view>

#include "sdk/engine/contest.hpp"
#include "sdk/engine/outcome.hpp"
#include "sdk/engine/step.hpp"

namespace desirepath {

// Decides candidates one after the other, best rank first, and records effects at the end where they count at
// once.
class Arbitration {
 public:
  // `scope.state` and `state` are the same state. All of them outlive this object.
  Arbitration(const Scope& scope, State& state, Effects effects, Outcome& outcome) noexcept
      : scope_(scope), contest_(scope), state_(state), effects_(effects), outcome_(outcome) {}

  // Decides each action of a trigger whose occasion and `when` held. Call in order of rank.
  void decide(std::uint32_t trigger, std::string_view anchor, bool woken) noexcept;

  // Counts the winners' effects, if effects count at once.
  void finish() noexcept;

 private:
  std::uint32_t mark_of(std::uint32_t trigger_key, std::string_view anchor) noexcept;

  const Scope& scope_;
  Contest contest_;
  State& state_;
  Effects effects_;
  Outcome& outcome_;
  // Most contenders of an instant have one anchor.
  std::string_view marked_anchor_;
  std::uint32_t anchor_mark_ = 0;
};

}  // namespace desirepath
