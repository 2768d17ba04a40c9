// The text of a journey's file, for the compiler.
#pragma once

#include <cstddef>
#include <string>

#include "collector/error.hpp"

namespace desirepath::collector {

// Bytes of a journey's file: fifty thousand rules of three hundred bytes. Read, one takes eighty times as
// much.
inline constexpr std::size_t kJourneyBytesMax = std::size_t{16} << 20;

// bad_file, with a message such as "shop.json: error: cannot be read: No such file or directory", where
// there is none, where it is a directory, and where it is over kJourneyBytesMax, which is not
// read then.
[[nodiscard]] Result<std::string> read_journey_text(const std::string& path);

}  // namespace desirepath::collector
