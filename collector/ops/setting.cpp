#include "collector/ops/setting.hpp"

#include <optional>

#include "collector/ops/amount_text.hpp"

namespace desirepath::collector {
namespace {

using std::chrono::milliseconds;
using std::filesystem::path;

template <typename... Functions>
struct Overloaded : Functions... {
  using Functions::operator()...;
};
template <typename... Functions>
Overloaded(Functions...) -> Overloaded<Functions...>;

using Writer = std::string (*)(std::int64_t);

// "from 1s to 1h", "0 or more"
std::string describe(const SettingRange& range, Writer write) {
  if (range.most == std::numeric_limits<std::int64_t>::max()) return write(range.least) + " or more";
  return "from " + write(range.least) + " to " + write(range.most);
}

tl::unexpected<Error> wrong(const std::string& expected, const std::string& said) {
  return failure(ErrorCode::bad_configuration, "must be " + expected + ", not '" + said + "'");
}

Result<std::int64_t> in_range(const Setting& setting, std::optional<std::int64_t> value, const char* kind,
                              Writer write, const std::string& said) {
  if (value && *value >= setting.range.least && *value <= setting.range.most) return *value;
  return wrong(kind + describe(setting.range, write), said);
}

Result<bool> truth_of(const std::string& said) {
  if (said == "true" || said == "1" || said == "yes") return true;
  if (said == "false" || said == "0" || said == "no") return false;
  return wrong("true or false", said);
}

Result<std::string> chosen(const Setting& setting, const std::string& said) {
  if (setting.choices.empty()) return said;
  for (std::string_view rest = setting.choices;;) {
    const std::size_t end = rest.find('|');
    if (rest.substr(0, end) == said) return said;
    if (end == std::string_view::npos) break;
    rest.remove_prefix(end + 1);
  }
  return wrong("one of " + std::string(setting.choices), said);
}

template <typename T, typename Value>
Result<void> store(ServeConfig& config, ConfigMember<T> place, Result<Value> value) {
  if (!value) return tl::make_unexpected(std::move(value.error()));
  config.*place = T{std::move(*value)};
  return {};
}

template <typename T>
std::string joined(const std::vector<T>& list) {
  std::string text;
  for (const T& one : list) text += (text.empty() ? "" : ",") + path(one).string();
  return text;
}

}  // namespace

std::string option_of(const Setting& setting) {
  return "--" + std::string(setting.name);
}

std::string environment_of(const Setting& setting) {
  std::string name = "DESIREPATH_";
  for (const char c : setting.name) name += c == '-' ? '_' : static_cast<char>(c - 'a' + 'A');
  return name;
}

bool is_list(const Setting& setting) {
  return std::holds_alternative<ConfigMember<std::vector<std::string>>>(setting.place) ||
         std::holds_alternative<ConfigMember<std::vector<path>>>(setting.place);
}

bool is_switch(const Setting& setting) {
  return std::holds_alternative<ConfigMember<bool>>(setting.place);
}

Result<void> assign(ServeConfig& config, const Setting& setting, std::span<const std::string> texts,
                    const path& folder) {
  const std::string said = texts.empty() ? std::string() : texts.front();
  const auto number = [](std::int64_t value) { return std::to_string(value); };
  return std::visit(
      Overloaded{[&](ConfigMember<bool> place) { return store(config, place, truth_of(said)); },
                 [&](ConfigMember<std::int64_t> place) {
                   return store(config, place,
                                in_range(setting, parse_count(said), "a whole number, ", number, said));
                 },
                 [&](ConfigMember<ByteSize> place) {
                   return store(
                       config, place,
                       in_range(setting, parse_bytes(said), "a size such as 500KB, ", write_bytes, said));
                 },
                 [&](ConfigMember<milliseconds> place) {
                   return store(
                       config, place,
                       in_range(setting, parse_time(said), "a time such as 90s or 30d, ", write_time, said));
                 },
                 [&](ConfigMember<std::string> place) { return store(config, place, chosen(setting, said)); },
                 [&](ConfigMember<path> place) {
                   return store(config, place, Result<path>(said.empty() ? path() : folder / said));
                 },
                 [&](ConfigMember<std::vector<std::string>> place) {
                   (config.*place).assign(texts.begin(), texts.end());
                   return Result<void>();
                 },
                 [&](ConfigMember<std::vector<path>> place) {
                   (config.*place).clear();
                   for (const std::string& text : texts) (config.*place).push_back(folder / text);
                   return Result<void>();
                 }},
      setting.place);
}

std::string written(const ServeConfig& config, const Setting& setting) {
  return std::visit(
      Overloaded{[&](ConfigMember<bool> place) { return std::string(config.*place ? "true" : "false"); },
                 [&](ConfigMember<std::int64_t> place) { return std::to_string(config.*place); },
                 [&](ConfigMember<ByteSize> place) { return write_bytes((config.*place).count); },
                 [&](ConfigMember<milliseconds> place) { return write_time((config.*place).count()); },
                 [&](ConfigMember<std::string> place) { return config.*place; },
                 [&](ConfigMember<path> place) { return (config.*place).string(); },
                 [&](ConfigMember<std::vector<std::string>> place) { return joined(config.*place); },
                 [&](ConfigMember<std::vector<path>> place) { return joined(config.*place); }},
      setting.place);
}

}  // namespace desirepath::collector
