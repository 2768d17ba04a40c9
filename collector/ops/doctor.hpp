// Looks a data directory over, served or not, without changing it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

namespace desirepath::collector {

struct Finding {
  enum class Kind : std::uint8_t { fine, notice, problem };
  Kind kind;
  std::string text;  // one line: what, where, what to do
};

// Permissions, free space, clock, and of each file the schema, SQLite's integrity check and the checksums of
// what is in it; the journal against the profile store's cursor; profiles that are set aside; the keys.
// `tell` gets each finding as it is made. Reads everything: minutes for a large directory. `now_ms`: wall
// clock, ms UTC.
void examine(const std::filesystem::path& data, std::int64_t now_ms,
             const std::function<void(const Finding&)>& tell);

}  // namespace desirepath::collector
