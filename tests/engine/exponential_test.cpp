#include "sdk/engine/exponential.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <random>

#include "sdk/engine/decay.hpp"
#include "sdk/engine/limits.hpp"
#include "sdk/engine/number.hpp"

using namespace desirepath;

namespace {

constexpr std::int64_t kDayMs = 24LL * 60 * 60 * 1000;
constexpr std::int64_t kLongestHalfLifeMs = 1000 * 365 * kDayMs;

double relative_error(double value, long double truth) {
  return static_cast<double>(std::fabs((value - truth) / truth));
}

}  // namespace

TEST_CASE("the exponential function is right to 1e-15 and never leaves the finite numbers above zero") {
  std::mt19937_64 random(7);
  std::uniform_real_distribution<double> anywhere(-708, 708);
  std::uniform_real_distribution<double> nearby(-0.3465, 0.3465);
  double worst = 0;
  double worst_nearby = 0;
  for (int i = 0; i < 200000; ++i) {
    const double x = anywhere(random);
    const double y = nearby(random);
    worst = std::max(worst, relative_error(exponential(x), std::exp(static_cast<long double>(x))));
    worst_nearby = std::max(worst_nearby,
                            relative_error(exponential_near_zero(y), std::exp(static_cast<long double>(y))));
  }
  CHECK(worst < 1e-15);
  CHECK(worst_nearby < 4e-16);
  CHECK(exponential(0) == 1);
  CHECK(exponential(-1e308) == exponential(-708));
  CHECK(exponential(1e308) == exponential(708));
  CHECK(exponential(-708) > 0);
  CHECK(is_finite(exponential(708)));
}

TEST_CASE("a whole number of half-lives is exact, anything else is right to 1e-15") {
  CHECK(decayed(100, 0, 1000) == 100);
  CHECK(decayed(100, -5, 1000) == 100);
  CHECK(decayed(100, 12345, 0) == 100);
  CHECK(decayed(100, 1000, 1000) == 50);
  CHECK(decayed(-100, 3000, 1000) == -12.5);
  CHECK(decayed(3, 7 * 60 * kDayMs, 60 * kDayMs) == 3.0 / 128);
  std::mt19937_64 random(11);
  double worst = 0;
  for (int i = 0; i < 200000; ++i) {
    const auto half_life_ms = static_cast<std::int64_t>(random() % kLongestHalfLifeMs) + 1;
    const auto elapsed_ms = static_cast<std::int64_t>(random() % (std::uint64_t{1} << 48));
    const long double halvings = static_cast<long double>(elapsed_ms) / half_life_ms;
    if (halvings > 1000) continue;
    worst = std::max(worst, relative_error(decayed(1, elapsed_ms, half_life_ms), std::exp2(-halvings)));
  }
  CHECK(worst < 1e-15);
}

TEST_CASE("what decays never rises, from one millisecond to the next") {
  std::mt19937_64 random(13);
  for (const std::int64_t half_life_ms :
       {std::int64_t{2}, std::int64_t{1001}, 60 * kDayMs, kLongestHalfLifeMs, kTimeMaxMs}) {
    for (int i = 0; i < 20000; ++i) {
      const auto at = static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(3 * half_life_ms));
      REQUIRE(decayed(1.7, at + 1, half_life_ms) < decayed(1.7, at, half_life_ms));
    }
    // Where one half of a half-life's power of two meets the next.
    for (std::int64_t around = half_life_ms / 2 - 3; around < half_life_ms / 2 + 3; ++around) {
      if (around > 0) REQUIRE(decayed(1.7, around + 1, half_life_ms) < decayed(1.7, around, half_life_ms));
    }
  }
}

TEST_CASE("the largest number decays to nothing without leaving the finite numbers") {
  const double largest = 1.7976931348623157e308;
  CHECK(is_finite(decayed(largest, 1, 1000)));
  CHECK(decayed(largest, 999, 1000) > largest / 2);
  CHECK(decayed(largest, 1000, 1000) == largest / 2);
  CHECK(decayed(largest, 2000 * 1000, 1000) > 0);
  CHECK(decayed(largest, 2200 * 1000, 1000) == 0);
  CHECK(decayed(largest, kTimeMaxMs, 1) == 0);
}
