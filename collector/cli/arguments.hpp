// The command line of one subcommand, split into options and positionals by a declared list.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "collector/error.hpp"

namespace desirepath::collector::cli {

struct OptionSpec {
  std::string_view name;    // with its dashes, e.g. "--data" or "-o"
  bool takes_value = true;  // a flag otherwise
  bool repeatable = false;
  bool takes_equals = false;  // a flag that also takes --name=VALUE; its value is "true" without
};

// Parsed arguments; owns its strings.
class Arguments {
 public:
  // Splits `words` by `specs`. `--name=value` and `--name value` are the same. An unknown option, a missing
  // value or a repeated single option is an error that names it, and the nearest there is. `--` ends the
  // options.
  static Result<Arguments> parse(std::span<const std::string_view> words, std::span<const OptionSpec> specs);

  bool has(std::string_view name) const;
  // The value given, or `fallback` where the option is absent.
  std::string value_or(std::string_view name, std::string_view fallback) const;
  std::vector<std::string> values(std::string_view name) const;
  const std::vector<std::string>& positionals() const { return positionals_; }
  // Options by name, with all their values.
  const std::map<std::string, std::vector<std::string>, std::less<>>& options() const { return options_; }

 private:
  std::map<std::string, std::vector<std::string>, std::less<>> options_;
  std::vector<std::string> positionals_;
};

}  // namespace desirepath::collector::cli
