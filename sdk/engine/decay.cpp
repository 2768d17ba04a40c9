#include "sdk/engine/decay.hpp"

#include "sdk/engine/exponential.hpp"

namespace desirepath {

namespace {

constexpr double kLn2 = 0.69314718055994531;

}  // namespace

double decayed(double value, std::int64_t elapsed_ms, std::int64_t half_life_ms) noexcept {
  if (half_life_ms <= 0 || elapsed_ms <= 0) return value;
  std::int64_t halvings = elapsed_ms / half_life_ms;
  std::int64_t rest_ms = elapsed_ms % half_life_ms;
  if (rest_ms > half_life_ms - rest_ms) {
    rest_ms -= half_life_ms;
    ++halvings;
  }
  const double fraction = static_cast<double>(-rest_ms) / static_cast<double>(half_life_ms);
  return halved(value, halvings) * exponential_near_zero(fraction * kLn2);
}

}  // namespace desirepath
