#include "collector/fold/wake_clock.hpp"

#include <doctest/doctest.h>

using namespace desirepath::collector;

namespace {
constexpr std::int64_t kStartMs = 1'790'000'000'000;
constexpr std::int64_t kYearMs = 365LL * 24 * 3'600'000;
}  // namespace

TEST_CASE("a clock that is set right by a little is followed, either way") {
  WakeClock clock;
  CHECK(clock.now_ms(kStartMs, 0) == kStartMs);
  CHECK(clock.now_ms(kStartMs + 61'000, 1'000) == kStartMs + 61'000);
  CHECK(clock.now_ms(kStartMs - 30'000, 2'000) == kStartMs - 30'000);
  CHECK(clock.now_ms(kStartMs - 29'000, 3'000) == kStartMs - 29'000);
}

TEST_CASE("a clock that is a year off for a moment makes nothing fall due early or late") {
  for (const std::int64_t off_ms : {kYearMs, -kYearMs}) {
    WakeClock clock;
    (void)clock.now_ms(kStartMs, 0);
    CHECK(clock.now_ms(kStartMs + off_ms, 1'000) == kStartMs + 1'000);
    CHECK(clock.now_ms(kStartMs + off_ms + 60'000, 61'000) == kStartMs + 61'000);
    CHECK(clock.now_ms(kStartMs + 62'000, 62'000) == kStartMs + 62'000);
    // The next jump is held for as long as the first.
    CHECK(clock.now_ms(kStartMs + off_ms, 63'000) == kStartMs + 63'000);
    CHECK(clock.now_ms(kStartMs + off_ms, 63'000 + kClockJumpHeldMs - 1) ==
          kStartMs + 63'000 + kClockJumpHeldMs - 1);
  }
}

TEST_CASE("a clock that stands by its jump is followed") {
  WakeClock clock;
  (void)clock.now_ms(kStartMs, 0);
  CHECK(clock.now_ms(kStartMs + kYearMs, 1'000) == kStartMs + 1'000);
  const std::int64_t later_ms = 1'000 + kClockJumpHeldMs;
  CHECK(clock.now_ms(kStartMs + kYearMs + kClockJumpHeldMs, later_ms) ==
        kStartMs + kYearMs + kClockJumpHeldMs);
  CHECK(clock.now_ms(kStartMs + kYearMs + kClockJumpHeldMs + 5, later_ms + 5) ==
        kStartMs + kYearMs + kClockJumpHeldMs + 5);
}
