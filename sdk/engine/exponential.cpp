#include "sdk/engine/exponential.hpp"

#include "sdk/engine/bytes.hpp"

namespace desirepath {

namespace {

constexpr int kTaylorTerms = 13;
constexpr double kExponentMax = 708;
constexpr double kLog2E = 1.4426950408889634;
// ln 2 in two parts; the first has so few digits that its products with whole numbers up to 2^20 are exact.
constexpr double kLn2High = 6.93147180369123816490e-01;
constexpr double kLn2Low = 1.90821492927058770002e-10;

constexpr std::int64_t kHalvingsAtOnce = 1000;
constexpr std::int64_t kHalvingsToZero = 2200;  // from the largest double to below the smallest

// 2^power for normal results.
double power_of_two(std::int64_t power) noexcept {
  std::uint8_t bytes[sizeof(double)];
  store(bytes, static_cast<std::uint64_t>(1023 + power) << 52);
  return load<double>(bytes);
}

}  // namespace

double exponential_near_zero(double x) noexcept {
  double sum = 1;
  for (int term = kTaylorTerms; term > 0; --term) sum = 1 + sum * x / term;
  return sum;
}

double exponential(double x) noexcept {
  if (!(x > -kExponentMax)) x = -kExponentMax;
  if (x > kExponentMax) x = kExponentMax;
  const double scaled = x * kLog2E;
  const auto doublings = static_cast<std::int32_t>(scaled < 0 ? scaled - 0.5 : scaled + 0.5);
  const double rest = (x - doublings * kLn2High) - doublings * kLn2Low;
  return exponential_near_zero(rest) * power_of_two(doublings);
}

double halved(double value, std::int64_t halvings) noexcept {
  if (halvings > kHalvingsToZero) halvings = kHalvingsToZero;
  for (; halvings > kHalvingsAtOnce; halvings -= kHalvingsAtOnce) value *= power_of_two(-kHalvingsAtOnce);
  return value * power_of_two(-halvings);
}

}  // namespace desirepath
