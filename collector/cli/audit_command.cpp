#include <cstdio>
#include <limits>
#include <string>

#include "collector/cli/arguments.hpp"
#include "collector/cli/commands.hpp"
#include "collector/cli/open_directory.hpp"
#include "collector/ops/amount_text.hpp"
#include "collector/ops/audit_log.hpp"
#include "collector/ops/data_directory.hpp"

namespace desirepath::collector::cli {
namespace {

constexpr std::string_view kName = "audit";
constexpr OptionSpec kOptions[] = {{"--data"}, {"--limit"}, {"--help", false}};

constexpr const char* kHelp =
    "usage: desirepath audit --data DIR [--limit N]\n\n"
    "Lists what operators did, oldest first, as JSON lines: who, what, when, and how it ended. --limit: the\n"
    "newest N only.\n";

}  // namespace

int audit_command(Words words) {
  const auto arguments = Arguments::parse(words, kOptions);
  if (!arguments) return fail(kName, arguments.error().message);
  if (arguments->has("--help")) return std::fputs(kHelp, stdout) < 0;
  const std::filesystem::path data = arguments->value_or("--data", "");
  if (data.empty() || !arguments->positionals().empty()) return fail(kName, "say `audit --data DIR`");
  std::error_code error;
  if (!std::filesystem::is_directory(data, error))
    return fail(kName, data.string() + " is no data directory");
  std::size_t limit = std::numeric_limits<std::size_t>::max();
  if (arguments->has("--limit")) {
    const auto count = parse_count(arguments->value_or("--limit", ""));
    if (!count || *count < 1) return fail(kName, "--limit must be a whole number, 1 or more");
    limit = static_cast<std::size_t>(*count);
  }
  const auto lines = AuditLog(DataDirectory::audit_of(data), wall_clock_ms).newest(limit);
  if (!lines) return fail(kName, lines.error().message);
  for (const std::string& line : *lines) std::printf("%s\n", line.c_str());
  return 0;
}

}  // namespace desirepath::collector::cli
