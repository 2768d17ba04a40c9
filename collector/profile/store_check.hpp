// Whether a profile store can be read, without opening it for writing.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "collector/error.hpp"

namespace desirepath::collector {

struct CheckedStore {
  std::int64_t schema = 0;
  std::uint64_t chunks = 0;
  std::uint64_t cursor = 0;           // of the journal, up to which it is folded
  std::vector<std::string> mistakes;  // each one line
  // Profiles that were found damaged and are folded no further: public id, since when, why.
  std::vector<std::string> set_aside;
};

// Takes every chunk apart, its JSON too. A schema that this program does not know is a mistake. Another
// process may write to it meanwhile.
Result<CheckedStore> check_profile_store(const std::filesystem::path& file);

}  // namespace desirepath::collector
