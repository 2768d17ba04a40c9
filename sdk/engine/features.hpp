// What a build of the engine can do beyond the core, and what a program asks of it. The compiler sets a
// program's bits, loading refuses a program that needs more than the build has, and the host takes the
// smallest build that suffices. The core build leaves the code behind all other bits out.
#pragma once

#include <cstdint>

namespace desirepath {

inline constexpr std::uint32_t kFeatureCore = 1u << 0;
inline constexpr std::uint32_t kFeaturePattern = 1u << 1;   // $regex
inline constexpr std::uint32_t kFeatureElements = 1u << 2;  // $elemMatch $all $size $type $v…
inline constexpr std::uint32_t kFeatureExtremes = 1u << 3;  // behaviors min max first distinct
inline constexpr std::uint32_t kFeatureSequence = 1u << 4;  // behaviors over the order of events
inline constexpr std::uint32_t kFeatureAffinity = 1u << 5;
inline constexpr std::uint32_t kFeatureScore = 1u << 6;       // scores and tiers
inline constexpr std::uint32_t kFeatureModel = 1u << 7;       // propensity.*
inline constexpr std::uint32_t kFeatureOccasion = 1u << 8;    // triggers on stages and audiences, stage exits
inline constexpr std::uint32_t kFeatureSchedule = 1u << 9;    // triggers at a date a fact holds
inline constexpr std::uint32_t kFeatureLocalTime = 1u << 10;  // quiet hours, now.*
inline constexpr std::uint32_t kFeatureGovernance = 1u << 11;  // suppressions, promises, groups
inline constexpr std::uint32_t kFeatureAsk = 1u << 12;
inline constexpr std::uint32_t kFeatureExperiment = 1u << 13;
inline constexpr std::uint32_t kFeatureContext = 1u << 14;  // campaign.*, device.*, more of session.*
inline constexpr std::uint32_t kFeatureIntent = 1u << 15;   // session.intent

inline constexpr std::uint32_t kFeaturesAll = (1u << 16) - 1;

// What the core build has; what each other bit costs is measured by tests/bench/feature_sizes.mjs.
inline constexpr std::uint32_t kFeaturesOfCore = kFeatureCore | kFeatureExperiment;

// DESIREPATH_FEATURES, set by builds for WebAssembly, is an expression of the constants above.
#ifdef DESIREPATH_FEATURES
inline constexpr std::uint32_t kFeaturesOfThisBuild = kFeatureCore | (DESIREPATH_FEATURES);
#else
inline constexpr std::uint32_t kFeaturesOfThisBuild = kFeaturesAll;
#endif

// For `if constexpr`: what follows exists in this build.
constexpr bool builds(std::uint32_t feature) {
  return (kFeaturesOfThisBuild & feature) == feature;
}

}  // namespace desirepath
