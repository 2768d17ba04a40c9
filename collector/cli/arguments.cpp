#include "collector/cli/arguments.hpp"

#include <algorithm>

#include "sdk/compiler/diagnostic.hpp"

namespace desirepath::collector::cli {

Result<Arguments> Arguments::parse(std::span<const std::string_view> words,
                                   std::span<const OptionSpec> specs) {
  Arguments arguments;
  bool options_ended = false;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string_view word = words[i];
    if (options_ended || word.size() < 2 || word[0] != '-') {
      arguments.positionals_.emplace_back(word);
      continue;
    }
    if (word == "--") {
      options_ended = true;
      continue;
    }
    const std::size_t equals = word.substr(0, 2) == "--" ? word.find('=') : std::string_view::npos;
    const std::string_view name = word.substr(0, equals);
    const auto spec =
        std::find_if(specs.begin(), specs.end(), [&](const OptionSpec& s) { return s.name == name; });
    if (spec == specs.end()) {
      std::vector<std::string> names;
      for (const OptionSpec& each : specs) names.emplace_back(each.name);
      return failure(ErrorCode::bad_request,
                     "unknown option " + std::string(name) + compiler::did_you_mean(name, names),
                     std::string(name));
    }
    std::string value;
    if (spec->takes_value) {
      if (equals != std::string_view::npos) {
        value = word.substr(equals + 1);
      } else if (i + 1 < words.size()) {
        value = words[++i];
      } else {
        return failure(ErrorCode::bad_request, std::string(name) + " needs a value", std::string(name));
      }
    } else if (spec->takes_equals) {
      value = equals == std::string_view::npos ? "true" : word.substr(equals + 1);
    } else if (equals != std::string_view::npos) {
      return failure(ErrorCode::bad_request, std::string(name) + " takes no value", std::string(name));
    }
    auto& given = arguments.options_[std::string(name)];
    if (!given.empty() && !spec->repeatable) {
      return failure(ErrorCode::bad_request, std::string(name) + " is given twice", std::string(name));
    }
    given.push_back(std::move(value));
  }
  return arguments;
}

bool Arguments::has(std::string_view name) const {
  return options_.find(name) != options_.end();
}

std::string Arguments::value_or(std::string_view name, std::string_view fallback) const {
  const auto found = options_.find(name);
  return found == options_.end() ? std::string(fallback) : found->second.front();
}

std::vector<std::string> Arguments::values(std::string_view name) const {
  const auto found = options_.find(name);
  return found == options_.end() ? std::vector<std::string>{} : found->second;
}

}  // namespace desirepath::collector::cli
