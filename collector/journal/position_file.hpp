// A file that holds one batch number, in decimal.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

#include "collector/error.hpp"

namespace desirepath::collector {

// None where there is no file; ErrorCode::storage where it holds something else.
Result<std::optional<std::uint64_t>> read_position(const std::filesystem::path& file);

// After a crash the file holds the number before or this one.
Result<void> write_position(const std::filesystem::path& file, std::uint64_t position);

}  // namespace desirepath::collector
