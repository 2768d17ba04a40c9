#include "sdk/engine/promise.hpp"

#include "sdk/engine/effect_list.hpp"
#include "sdk/engine/features.hpp"

namespace desirepath {

using namespace format;

bool contradicts(const Program& program, std::uint32_t promise, std::uint32_t other) noexcept {
  if constexpr (builds(kFeatureGovernance)) {
    if (promise == 0 || other == 0) return false;
    const Range contradicted = program.promises()[promise - 1].contradicts;
    for (std::uint32_t i = contradicted.begin; i < contradicted.end; ++i) {
      if (program.list(i) == other - 1) return true;
    }
  }
  return false;
}

bool is_contradicted(const Program& program, const State& state, std::uint32_t promise,
                     std::int64_t time_ms) noexcept {
  if constexpr (builds(kFeatureGovernance)) {
    if (promise == 0) return false;
    const Range contradicted = program.promises()[promise - 1].contradicts;
    for (std::uint32_t i = contradicted.begin; i < contradicted.end; ++i) {
      const PromiseRecord& other = program.promises()[program.list(i)];
      const EffectList made(state, other.key, Family::promise);
      for (std::size_t entry = 0; entry < made.size(); ++entry) {
        if (made.time_ms(entry) > time_ms - other.for_ms) return true;
      }
    }
  }
  return false;
}

}  // namespace desirepath
