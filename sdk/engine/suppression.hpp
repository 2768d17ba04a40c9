// Suppressions: conditions under which nothing is said, on some channels or for some purposes or at all.
#pragma once

#include <cstdint>

#include "sdk/engine/condition.hpp"

namespace desirepath {

// The suppressions of one instant. Each condition is judged once, when it is first asked for.
class Suppressions {
 public:
  // Whether one holds that covers the channel and the purpose (+1). `scope` is the same at every call.
  bool cover(const Scope& scope, std::uint32_t channel, std::uint32_t purpose) noexcept;

 private:
  bool holds_now(const Scope& scope, std::uint32_t suppression) noexcept;

  std::uint64_t judged_ = 0;  // a bit for each suppression
  std::uint64_t holding_ = 0;
};

}  // namespace desirepath
