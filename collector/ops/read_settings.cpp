#include "collector/ops/read_settings.hpp"

#include <algorithm>
#include <fstream>

#include "collector/ops/setting.hpp"
#include "sdk/compiler/json_source.hpp"

namespace desirepath::collector {
namespace {

using compiler::JsonNode;

constexpr std::string_view kPrefix = "DESIREPATH_";
constexpr std::size_t kHelpColumn = 26;

const Setting* find_setting(std::string_view name) {
  const auto all = settings();
  const auto found = std::find_if(all.begin(), all.end(), [&](const Setting& s) { return s.name == name; });
  return found == all.end() ? nullptr : &*found;
}

std::vector<std::string> split_at_commas(const std::string& text) {
  std::vector<std::string> parts;
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t end = std::min(text.find(',', at), text.size());
    if (end > at) parts.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return parts;
}

class FileReader {
 public:
  FileReader(std::filesystem::path file, std::string text)
      : file_(std::move(file)), text_(std::move(text)), diagnostics_(file_.native(), text_) {}

  // One line for each mistake.
  std::vector<std::string> read_into(ServeConfig& config) {
    const auto root = compiler::parse_json(text_, diagnostics_);
    if (root != nullptr && !root->is_object()) {
      diagnostics_.error(root->offset, "must be an object, { \"setting\": value, … }");
    } else if (root != nullptr) {
      for (const compiler::JsonMember& member : root->members) take(config, member);
    }
    std::vector<std::string> lines;
    for (const auto& found : diagnostics_.take()) lines.push_back(to_string(found));
    return lines;
  }

 private:
  void take(ServeConfig& config, const compiler::JsonMember& member) {
    const Setting* setting = find_setting(member.key);
    if (setting == nullptr) {
      std::vector<std::string> names;
      for (const Setting& each : settings()) names.emplace_back(each.name);
      diagnostics_.error(member.offset, "there is no setting '" + member.key + "'" +
                                            compiler::did_you_mean(member.key, names));
      return;
    }
    const JsonNode& value = member.value;
    const bool is_items = is_list(*setting) && value.is_array();
    const std::span<const JsonNode> items = is_items ? std::span(value.items) : std::span(&value, 1);
    std::vector<std::string> texts;
    for (const JsonNode& item : items) {
      if (!fits(*setting, item)) return;
      texts.push_back(item.is_string() ? item.text : text_.substr(item.offset, item.end - item.offset));
    }
    if (auto assigned = assign(config, *setting, texts, file_.parent_path()); !assigned) {
      diagnostics_.error(value.offset, "'" + member.key + "' " + assigned.error().message);
    }
  }

  bool fits(const Setting& setting, const JsonNode& item) {
    const bool is_number = std::holds_alternative<ConfigMember<std::int64_t>>(setting.place);
    const bool is_amount = std::holds_alternative<ConfigMember<ByteSize>>(setting.place) ||
                           std::holds_alternative<ConfigMember<std::chrono::milliseconds>>(setting.place);
    const char* expected = is_switch(setting) ? "true or false"
                           : is_number        ? "a number"
                           : is_amount        ? "a text such as \"500KB\" or \"30d\""
                           : is_list(setting) ? "a text or a list of texts"
                                              : "a text";
    const bool fits = is_switch(setting) ? item.is_boolean()
                      : is_number        ? item.is_number()
                      : is_amount        ? item.is_string() || item.is_number()
                                         : item.is_string();
    if (!fits) {
      diagnostics_.error(item.offset, "'" + std::string(setting.name) + "' must be " + expected + ", not " +
                                          compiler::name_of(item.kind));
    }
    return fits;
  }

  std::filesystem::path file_;
  std::string text_;
  compiler::Diagnostics diagnostics_;
};

void read_file(const std::filesystem::path& file, ServeConfig& config, std::vector<std::string>& mistakes) {
  std::ifstream in(file, std::ios::binary);
  std::string text((std::istreambuf_iterator<char>(in)), {});
  if (!in.good() && !in.eof()) {
    mistakes.push_back("--config: " + file.string() + " cannot be read");
    return;
  }
  for (std::string& line : FileReader(file, std::move(text)).read_into(config)) {
    mistakes.push_back(std::move(line));
  }
}

void read_environment(const std::map<std::string, std::string>& environment, ReadSettings& into,
                      std::vector<std::string>& mistakes) {
  // Without what all begin with, or all names would be near to each other.
  std::vector<std::string> names{"CONFIG"};
  for (const Setting& setting : settings()) names.push_back(environment_of(setting).substr(kPrefix.size()));
  for (const auto& [name, value] : environment) {
    if (!name.starts_with(kPrefix)) continue;
    const std::string_view ours = std::string_view(name).substr(kPrefix.size());
    if (ours == names.front()) continue;
    const auto all = settings();
    const auto found = std::find_if(all.begin(), all.end(), [&variable = name](const Setting& s) {
      return environment_of(s) == variable;
    });
    if (found == all.end()) {
      // Other programs have variables of this beginning too; only what looks like a setting is worth a word.
      const std::string nearest = compiler::did_you_mean(ours, names);
      if (!nearest.empty()) into.warnings.push_back(name + " is no setting" + nearest);
      continue;
    }
    const std::vector<std::string> texts =
        is_list(*found) ? split_at_commas(value) : std::vector<std::string>{value};
    if (auto assigned = assign(into.config, *found, texts, {}); !assigned) {
      mistakes.push_back(name + " " + assigned.error().message);
    }
  }
}

void read_options(const SettingSources& sources, ServeConfig& config, std::vector<std::string>& mistakes) {
  for (const Setting& setting : settings()) {
    const auto said = sources.options.find(option_of(setting));
    if (said == sources.options.end()) continue;
    if (auto assigned = assign(config, setting, said->second, {}); !assigned) {
      mistakes.push_back(said->first + " " + assigned.error().message);
    }
  }
}

}  // namespace

Result<ReadSettings> read_settings(const SettingSources& sources) {
  ReadSettings read;
  std::vector<std::string> mistakes;
  if (!sources.file.empty()) read_file(sources.file, read.config, mistakes);
  read_environment(sources.environment, read, mistakes);
  read_options(sources, read.config, mistakes);
  if (mistakes.empty()) return read;
  std::string lines;
  for (const std::string& mistake : mistakes) lines += (lines.empty() ? "" : "\n") + mistake;
  return failure(ErrorCode::bad_configuration, std::move(lines));
}

std::string describe_settings() {
  const ServeConfig defaults;
  std::string text;
  std::string_view group;
  for (const Setting& setting : settings()) {
    if (setting.group != group) text.append("\n").append(setting.group).append("\n");
    group = setting.group;
    std::string line = "  " + option_of(setting);
    if (!setting.value.empty()) line.append(" ").append(setting.value);
    if (!setting.choices.empty()) line.append(" (").append(setting.choices).append(")");
    line.append(line.size() < kHelpColumn ? kHelpColumn - line.size() : 1, ' ').append(setting.help);
    if (const std::string value = written(defaults, setting); !value.empty() && value != "false") {
      line += " [" + value + "]";
    }
    text += line + "\n";
  }
  return text;
}

}  // namespace desirepath::collector
