#include "sdk/engine/suppression.hpp"

#include "sdk/engine/features.hpp"
#include "sdk/engine/limits.hpp"

namespace desirepath {

using namespace format;

namespace {

bool is_about(const Program& program, const SuppressionRecord& suppression, std::uint32_t channel,
              std::uint32_t purpose) noexcept {
  if (suppression.channels != 0 && (suppression.channels >> channel & 1) == 0) return false;
  const Range purposes = suppression.purposes;
  for (std::uint32_t i = purposes.begin; i < purposes.end; ++i) {
    if (program.list(i) + 1 == purpose) return true;
  }
  return purposes.begin == purposes.end;
}

}  // namespace

bool Suppressions::cover(const Scope& scope, std::uint32_t channel, std::uint32_t purpose) noexcept {
  if constexpr (builds(kFeatureGovernance)) {
    static_assert(kChannelsMax <= 32 && kSuppressionsMax <= 64);
    const Program& program = scope.program;
    for (std::uint32_t i = 0; i < program.suppressions().size(); ++i) {
      if (is_about(program, program.suppressions()[i], channel, purpose) && holds_now(scope, i)) return true;
    }
  }
  return false;
}

bool Suppressions::holds_now(const Scope& scope, std::uint32_t suppression) noexcept {
  const std::uint64_t bit = std::uint64_t{1} << suppression;
  if ((judged_ & bit) == 0) {
    judged_ |= bit;
    if (holds(scope, scope.program.suppressions()[suppression].when)) holding_ |= bit;
  }
  return (holding_ & bit) != 0;
}

}  // namespace desirepath
