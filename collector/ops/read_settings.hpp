// The settings of `serve` from their three sources. The stronger wins: an option, then the environment, then
// the file.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "collector/error.hpp"
#include "collector/ops/serve_config.hpp"

namespace desirepath::collector {

// What was said, each as a list of texts; a switch that was only named says "true".
struct SettingSources {
  std::filesystem::path file;                               // empty: none
  std::map<std::string, std::string> environment;           // whole; other names than ours are passed over
  std::map<std::string, std::vector<std::string>> options;  // by option, e.g. "--port"
};

struct ReadSettings {
  ServeConfig config;
  std::vector<std::string> warnings;  // e.g. a variable that is a misspelt setting, in which nobody listens
};

// bad_configuration with one line for each mistake: where, what, what would be right. The file is JSON with
// comments: { "port": 8080, "journey": ["shop.journey.json"] }.
Result<ReadSettings> read_settings(const SettingSources& sources);

// The list of settings as `serve --help` prints it.
std::string describe_settings();

}  // namespace desirepath::collector
