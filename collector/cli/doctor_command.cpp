#include <cstdio>
#include <functional>
#include <string>

#include "collector/cli/arguments.hpp"
#include "collector/cli/commands.hpp"
#include "collector/cli/examine_settings.hpp"
#include "collector/cli/open_directory.hpp"
#include "collector/ops/doctor.hpp"
#include "collector/ops/read_settings.hpp"

namespace desirepath::collector::cli {
namespace {

constexpr std::string_view kName = "doctor";
constexpr OptionSpec kOptions[] = {{"--data"}, {"--config"}, {"--help", false}};

constexpr const char* kHelp =
    "usage: desirepath doctor --data DIR [--config FILE]\n\n"
    "Looks the data directory over, served or not, and changes nothing: permissions, free space, clock, "
    "every\n"
    "file's integrity and checksums, the journal against the profiles, the keys; with --config that file and "
    "what\n"
    "it names too: certificate, journeys, tracking plan, places.\n"
    "One line a finding: ok, NOTE or PROBLEM, with what to do. It reads all data.\n\n"
    "0 no problem · 1 it could not look · 2 there are problems\n";

void print(const Finding& finding) {
  const char* word = finding.kind == Finding::Kind::fine     ? "ok      "
                     : finding.kind == Finding::Kind::notice ? "NOTE    "
                                                             : "PROBLEM ";
  std::printf("%s%s\n", word, finding.text.c_str());
}

void examine_configuration(const std::string& file, const std::function<void(const Finding&)>& tell) {
  const auto read = read_settings({file, {}, {}});
  if (!read) return tell({Finding::Kind::problem, read.error().message});
  tell({Finding::Kind::fine, "the configuration file has no mistakes"});
  for (const Finding& finding : examine_settings(read->config, wall_clock_ms())) tell(finding);
}

}  // namespace

int doctor_command(Words words) {
  const auto arguments = Arguments::parse(words, kOptions);
  if (!arguments) return fail(kName, arguments.error().message);
  if (arguments->has("--help")) return std::fputs(kHelp, stdout) < 0;
  const std::filesystem::path data = arguments->value_or("--data", "");
  if (data.empty() || !arguments->positionals().empty()) return fail(kName, "say `doctor --data DIR`");
  std::error_code error;
  if (!std::filesystem::is_directory(data, error)) return fail(kName, data.string() + " is no directory");
  std::size_t problems = 0;
  const auto tell = [&problems](const Finding& finding) {
    print(finding);
    if (finding.kind == Finding::Kind::problem) ++problems;
  };
  examine(data, wall_clock_ms(), tell);
  if (arguments->has("--config")) examine_configuration(arguments->value_or("--config", ""), tell);
  return problems == 0 ? 0 : 2;
}

}  // namespace desirepath::collector::cli
