// Any text as a configuration file: refused with its place, or settings within their ranges that are the same
// when they are written down and read again.
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "collector/ops/read_settings.hpp"
#include "collector/ops/setting.hpp"
#include "tests/fuzz/accepted.hpp"

using namespace desirepath;
using namespace desirepath::collector;

namespace {

std::map<std::string, std::vector<std::string>> options_of(const ServeConfig& config) {
  std::map<std::string, std::vector<std::string>> options;
  for (const Setting& setting : settings()) {
    const std::string text = written(config, setting);
    if (!is_list(setting) && !text.empty()) options[option_of(setting)] = {text};
  }
  return options;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const std::filesystem::path file =
      std::filesystem::temp_directory_path() / ("desirepath-fuzz-config-" + std::to_string(::getpid()));
  std::ofstream(file, std::ios::binary | std::ios::trunc)
      .write(reinterpret_cast<const char*>(data), static_cast<std::streamsize>(size));
  const auto read = read_settings({file, {}, {}});
  std::filesystem::remove(file);
  if (!read) {
    fuzz::require(read.error().code == ErrorCode::bad_configuration, "a mistake is one of configuration");
    fuzz::require(read.error().message.find(file.string()) != std::string::npos, "and names the file");
    return 0;
  }
  for (const Setting& setting : settings()) {
    if (const auto* place = std::get_if<ConfigMember<std::int64_t>>(&setting.place)) {
      const std::int64_t value = read->config.**place;
      fuzz::require(value >= setting.range.least && value <= setting.range.most, "a number is in its range");
    }
  }
  const auto again = read_settings({{}, {}, options_of(read->config)});
  fuzz::require(again.has_value(), "what was read can be said as options");
  for (const Setting& setting : settings()) {
    if (is_list(setting)) continue;
    fuzz::require(written(read->config, setting) == written(again->config, setting), "and means the same");
  }
  return 0;
}
