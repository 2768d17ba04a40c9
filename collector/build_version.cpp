#include "collector/build_version.hpp"

namespace desirepath::collector {

const char* build_version() noexcept {
  return DESIREPATH_VERSION;
}

}  // namespace desirepath::collector
