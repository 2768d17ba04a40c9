#include <doctest/doctest.h>

#include <fstream>
#include <set>

#include "collector/ops/amount_text.hpp"
#include "collector/ops/read_settings.hpp"
#include "collector/ops/setting.hpp"
#include "collector/support/temp_directory.hpp"

using namespace desirepath::collector;
using desirepath::collector::tests::TempDirectory;

namespace {

using std::chrono::milliseconds;

// A value that is right for the setting and not its default, as a text.
std::string other_value(const Setting& setting) {
  if (is_switch(setting)) return written(ServeConfig{}, setting) == "true" ? "false" : "true";
  if (!setting.choices.empty()) return std::string(setting.choices.substr(setting.choices.rfind('|') + 1));
  if (std::holds_alternative<ConfigMember<std::int64_t>>(setting.place)) {
    return std::to_string(setting.range.least + 1);
  }
  if (std::holds_alternative<ConfigMember<ByteSize>>(setting.place)) {
    return std::to_string(setting.range.least + 1) + "B";
  }
  if (std::holds_alternative<ConfigMember<milliseconds>>(setting.place)) {
    return std::to_string(setting.range.least + 1) + "ms";
  }
  return "/else/where";
}

std::string in_json(const Setting& setting, const std::string& value) {
  const bool bare = is_switch(setting) || std::holds_alternative<ConfigMember<std::int64_t>>(setting.place);
  return "{\"" + std::string(setting.name) + "\": " + (bare ? value : '"' + value + '"') + "}";
}

class SettingsFile {
 public:
  Result<ReadSettings> read(const std::string& text) const {
    std::ofstream(path(), std::ios::trunc) << text;
    return read_settings({path(), {}, {}});
  }
  std::filesystem::path path() const { return directory_.path() / "serve.json"; }

 private:
  TempDirectory directory_;
};

std::string mistake_of(const Result<ReadSettings>& read) {
  REQUIRE_FALSE(read.has_value());
  CHECK(read.error().code == ErrorCode::bad_configuration);
  return read.error().message;
}

}  // namespace

TEST_CASE("settings: each is read alike from the file, the environment and the options") {
  const SettingsFile file;
  std::set<std::string> names;
  for (const Setting& each : settings()) {
    CAPTURE(each.name);
    CHECK(names.insert(option_of(each)).second);
    CHECK_FALSE(each.help.empty());
    CHECK(is_switch(each) == each.value.empty());
    const std::string value = other_value(each);
    const auto from_file = file.read(in_json(each, value));
    REQUIRE_MESSAGE(from_file.has_value(), from_file.error().message);
    const auto from_environment = read_settings({{}, {{environment_of(each), value}}, {}});
    REQUIRE_MESSAGE(from_environment.has_value(), from_environment.error().message);
    const auto from_options = read_settings({{}, {}, {{option_of(each), {value}}}});
    REQUIRE_MESSAGE(from_options.has_value(), from_options.error().message);
    const std::string said = written(from_options->config, each);
    CHECK(said != written(ServeConfig{}, each));
    CHECK(written(from_file->config, each) == said);
    CHECK(written(from_environment->config, each) == said);
    CHECK(describe_settings().find(option_of(each)) != std::string::npos);
  }
}

TEST_CASE("settings: an option is stronger than the environment, and that than the file") {
  const SettingsFile file;
  std::ofstream(file.path()) << R"({ "port": 1, "ops-port": 1, /* any */ "host": "a", "journey": "x" })";
  const auto read = read_settings({file.path(),
                                   {{"DESIREPATH_PORT", "2"}, {"DESIREPATH_OPS_PORT", "2"}},
                                   {{"--port", {"3"}}, {"--journey", {"y", "z"}}}});
  REQUIRE_MESSAGE(read.has_value(), read.error().message);
  CHECK(read->config.port == 3);
  CHECK(read->config.ops_port == 2);
  CHECK(read->config.host == "a");
  CHECK(read->config.journeys == std::vector<std::filesystem::path>{"y", "z"});
  CHECK(read->warnings.empty());
}

TEST_CASE("settings: paths of a file are beside it, lists are lists") {
  const SettingsFile file;
  const auto read = file.read(R"({ "data": "d", "journey": ["a.json", "/b.json"] })");
  REQUIRE_MESSAGE(read.has_value(), read.error().message);
  CHECK(read->config.data == file.path().parent_path() / "d");
  CHECK(read->config.journeys ==
        std::vector<std::filesystem::path>{file.path().parent_path() / "a.json", "/b.json"});
  const auto said = read_settings({{}, {{"DESIREPATH_JOURNEY", "a.json,b.json"}}, {}});
  CHECK(said->config.journeys == std::vector<std::filesystem::path>{"a.json", "b.json"});
}

TEST_CASE("settings: every mistake of a file is told with its place and what would be right") {
  const SettingsFile file;
  const std::string all =
      mistake_of(file.read("{ \"prt\": 1,\n  \"port\": 65536, \"host\": 7,\n\"host\": \"a\" }"));
  CHECK(all.find("serve.json:1:3: error: there is no setting 'prt' (did you mean 'port'?)") !=
        std::string::npos);
  CHECK(all.find("serve.json:2:11: error: 'port' must be a whole number, from 0 to 65535, not '65536'") !=
        std::string::npos);
  CHECK(all.find(":2:26: error: 'host' must be a text, not a number") != std::string::npos);
  CHECK(all.find("serve.json:3:") != std::string::npos);  // said twice
  for (const char* bad : {"", "[]", "{", R"({"port":"1"})", R"({"port":-1})", R"({"port":1.5})",
                          R"({"journey":[1]})", R"({"data":null})", R"({"config":"x"})"}) {
    CAPTURE(bad);
    CHECK(mistake_of(file.read(bad)).find("serve.json:1:") != std::string::npos);
  }
  CHECK(mistake_of(read_settings({"/absent/serve.json", {}, {}})).find("cannot be read") !=
        std::string::npos);
}

TEST_CASE("settings: mistakes of the environment and the options name where they were made") {
  CHECK(mistake_of(read_settings({{}, {{"DESIREPATH_PORT", "x"}}, {{"--ops-port", {"80 "}}}})) ==
        "DESIREPATH_PORT must be a whole number, from 0 to 65535, not 'x'\n"
        "--ops-port must be a whole number, from 0 to 65535, not '80 '");
  const auto misspelt = read_settings({{}, {{"DESIREPATH_PROT", "1"}, {"DESIREPATH_BIN", "x"}}, {}});
  REQUIRE(misspelt.has_value());
  CHECK(misspelt->warnings ==
        std::vector<std::string>{"DESIREPATH_PROT is no setting (did you mean 'PORT'?)"});
}

TEST_CASE("settings: sizes and times as people write them") {
  CHECK(parse_bytes("500KB") == 500'000);
  CHECK(parse_bytes("32KiB") == 32'768);
  CHECK(parse_bytes("2GiB") == 2LL << 30);
  CHECK(parse_bytes("7") == 7);
  CHECK(parse_bytes("7B") == 7);
  for (const char* bad : {"", "KB", "-1KB", "1.5MB", "1 KB", "1kb", "9223372036854775807KB"}) {
    CAPTURE(bad);
    CHECK_FALSE(parse_bytes(bad).has_value());
  }
  CHECK(parse_time("30d") == 30 * 86'400'000LL);
  CHECK(parse_time("0") == 0);
  for (const char* bad : {"", "30", "d", "-1s", "1.5h"}) {
    CAPTURE(bad);
    CHECK_FALSE(parse_time(bad).has_value());
  }
  for (const std::int64_t bytes : {0LL, 1LL, 1'000LL, 1'024LL, 32'768LL, 500'001LL, 4LL << 30}) {
    CHECK(parse_bytes(write_bytes(bytes)) == bytes);
  }
  CHECK(write_time(90'000) == "90s");
  CHECK(write_time(86'400'000) == "1d");
}
