// Where a person falls among treatments: deterministic buckets by hash, as the feature-flag field shares
// them. Method: FNV-1a, 32 bit; version 2 hashes the decimal digits of a first hash, so that two seeds do not
// correlate. The rules agree with the public vectors of GrowthBook's SDKs (hash, getBucketRange,
// chooseVariation, getEqualWeights, inNamespace); units are hashed as UTF-8.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "sdk/engine/bytes.hpp"

namespace desirepath {

inline constexpr std::uint32_t kBuckets = 10000;       // of version 2
inline constexpr std::uint32_t kCoarseBuckets = 1000;  // of version 1, which namespaces use

// Version 2: the bucket of a unit below kBuckets. `seed_hash` is fnv1a of the seed.
std::uint32_t bucket_of(std::uint32_t seed_hash, std::string_view unit) noexcept;

// Version 1: the bucket of a unit below kCoarseBuckets. The seed stands behind the unit.
inline std::uint32_t coarse_bucket_of(std::string_view unit, std::string_view seed) noexcept {
  return fnv1a(seed, fnv1a(unit)) % kCoarseBuckets;
}

// A bucket as the field writes it, in [0, 1).
constexpr double share_of(std::uint32_t bucket, std::uint32_t buckets) noexcept {
  return static_cast<double>(bucket) / static_cast<double>(buckets);
}

// A part of [0, 1): `from` belongs to it, `to` does not.
struct BucketRange {
  double from = 0;
  double to = 0;

  constexpr bool holds(double share) const noexcept { return share >= from && share < to; }
};

// Divides [0, 1) by `weights`, of each part the first `coverage`. Equal parts where the weights do not add up
// to 1 within a hundredth, or are not as many as `ranges`.
void divide_buckets(double coverage, std::span<const double> weights, std::span<BucketRange> ranges) noexcept;

// The first range that holds the share, -1 for none.
std::int32_t choose_range(double share, std::span<const BucketRange> ranges) noexcept;

}  // namespace desirepath
