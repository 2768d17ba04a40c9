#include "collector/console/assets.hpp"

namespace desirepath::collector {

const Asset* find_asset(std::string_view path) noexcept {
  for (const std::span<const Asset> assets : {console_assets(), sdk_assets()}) {
    for (const Asset& asset : assets) {
      if (asset.path == path) return &asset;
    }
  }
  return nullptr;
}

}  // namespace desirepath::collector
