#include "sdk/engine/bucketing.hpp"

namespace desirepath {

namespace {

constexpr double kWeightsLow = 0.99;
constexpr double kWeightsHigh = 1.01;
constexpr std::size_t kDigitsMax = 10;

bool divide_one(std::span<const double> weights, std::size_t parts) noexcept {
  double total = 0;
  for (const double weight : weights) total += weight;
  return weights.size() == parts && total >= kWeightsLow && total <= kWeightsHigh;
}

}  // namespace

std::uint32_t bucket_of(std::uint32_t seed_hash, std::string_view unit) noexcept {
  char digits[kDigitsMax];
  std::size_t begin = kDigitsMax;
  std::uint32_t rest = fnv1a(unit, seed_hash);
  do {
    digits[--begin] = static_cast<char>('0' + rest % 10);
    rest /= 10;
  } while (rest != 0);
  return fnv1a({digits + begin, kDigitsMax - begin}) % kBuckets;
}

void divide_buckets(double coverage, std::span<const double> weights,
                    std::span<BucketRange> ranges) noexcept {
  const double covered = coverage < 0 ? 0 : coverage > 1 ? 1 : coverage;
  const bool is_weighted = divide_one(weights, ranges.size());
  double from = 0;
  for (std::size_t i = 0; i < ranges.size(); ++i) {
    const double weight = is_weighted ? weights[i] : 1 / static_cast<double>(ranges.size());
    ranges[i] = {from, from + covered * weight};
    from += weight;
  }
}

std::int32_t choose_range(double share, std::span<const BucketRange> ranges) noexcept {
  for (std::size_t i = 0; i < ranges.size(); ++i) {
    if (ranges[i].holds(share)) return static_cast<std::int32_t>(i);
  }
  return -1;
}

}  // namespace desirepath
