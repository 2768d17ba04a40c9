// Time zones that no country has, whose clocks change in the days the events are in.
#pragma once

#include "tests/reference/history.hpp"

namespace desirepath::tests {

inline const reference::Zones& made_up_zones() {
  constexpr reference::Time kStart = 1767225600000;  // 2026-01-01
  constexpr reference::Time kHour = 60 * 60 * 1000;
  static const reference::Zones kZones{
      {"Made/Forward", {{0, 60}, {kStart + 5 * kHour, 120}, {kStart + 26 * kHour, 60}}},
      {"Made/Half", {{0, -330}, {kStart + 20 * kHour, -300}}}};
  return kZones;
}

}  // namespace desirepath::tests
