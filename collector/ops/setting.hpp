// One setting of `serve`: its names, how its value is written, what it may be.
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "collector/error.hpp"
#include "collector/ops/serve_config.hpp"

namespace desirepath::collector {

template <typename T>
using ConfigMember = T ServeConfig::*;

// Where a setting's value is kept; its type is how it is written (serve_config.hpp).
using SettingPlace = std::variant<ConfigMember<bool>, ConfigMember<std::int64_t>, ConfigMember<ByteSize>,
                                  ConfigMember<std::chrono::milliseconds>, ConfigMember<std::string>,
                                  ConfigMember<std::filesystem::path>, ConfigMember<std::vector<std::string>>,
                                  ConfigMember<std::vector<std::filesystem::path>>>;

struct SettingRange {
  std::int64_t least = 0;
  std::int64_t most = std::numeric_limits<std::int64_t>::max();
};

struct Setting {
  std::string_view group;  // heading of --help; rows of one group stand together
  std::string_view name;   // "rate-limit": option --rate-limit, DESIREPATH_RATE_LIMIT, member "rate-limit"
  SettingPlace place;
  std::string_view value;  // what --help calls it, e.g. "DIR"; empty for a bool
  std::string_view help;   // one line
  SettingRange range{};
  std::string_view choices{};  // "text|json"; empty: any text
};

// The table (settings_table.cpp).
std::span<const Setting> settings();

std::string option_of(const Setting& setting);       // "--rate-limit"
std::string environment_of(const Setting& setting);  // "DESIREPATH_RATE_LIMIT"
bool is_list(const Setting& setting);
bool is_switch(const Setting& setting);

// Sets the member from what a source says: one text, for a list any number. `folder` is what relative paths
// are relative to, empty for the working directory. The error (bad_configuration) says what would be right,
// but not where it was said.
Result<void> assign(ServeConfig& config, const Setting& setting, std::span<const std::string> texts,
                    const std::filesystem::path& folder);

// The value as it would be written; empty for an empty text, path or list.
std::string written(const ServeConfig& config, const Setting& setting);

}  // namespace desirepath::collector
