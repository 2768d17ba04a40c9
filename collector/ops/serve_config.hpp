// What `desirepath serve` is told: by its options, and by a file for what they leave open.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "collector/error.hpp"

namespace desirepath::collector {

// Each as the option of the same name; absent where nothing was said.
struct ServeConfig {
  std::optional<std::string> data;
  std::optional<std::string> host;
  std::optional<int> port;      // 0 to 65535; 0 picks a free one
  std::optional<int> ops_port;  // likewise
  std::vector<std::string> journeys;
};

// A port of the command line.
Result<int> parse_port(const std::string& text, const std::string& option);

// Reads {"data","host","port","ops-port","journey"}; comments are allowed, "journey" is a path or a list of
// paths, and relative paths are relative to the file. Unknown members and wrong types are errors that name
// them.
Result<ServeConfig> read_serve_config(const std::filesystem::path& file);

}  // namespace desirepath::collector
