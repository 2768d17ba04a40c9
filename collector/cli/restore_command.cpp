#include <cstdio>
#include <string>

#include "collector/cli/arguments.hpp"
#include "collector/cli/commands.hpp"
#include "collector/cli/open_directory.hpp"
#include "collector/ops/audit_log.hpp"
#include "collector/ops/backup.hpp"

namespace desirepath::collector::cli {
namespace {

constexpr std::string_view kName = "restore";
constexpr OptionSpec kOptions[] = {{"--from"}, {"--data"}, {"--help", false}};

constexpr const char* kHelp =
    "usage: desirepath restore --from BACKUP --data DIR\n\n"
    "Makes the data directory DIR from a backup. DIR must not be there yet or be empty. Every file is "
    "checked\n"
    "against the manifest; DIR appears when all are right, and then what the profiles lack is folded. What "
    "was\n"
    "decided in the past is history there: it is sent to nobody again.\n";

// Finishes what the backup's journal holds beyond its profiles.
Result<std::uint64_t> fold_rest(const std::filesystem::path& data) {
  auto open = open_directory({std::string(kName), data, {}, false});
  if (!open) return tl::make_unexpected(std::move(open.error()));
  if (auto folded = open->fold->run_until_caught_up(); !folded) return tl::make_unexpected(folded.error());
  return open->fold->cursor().position;
}

}  // namespace

int restore_command(Words words) {
  const auto arguments = Arguments::parse(words, kOptions);
  if (!arguments) return fail(kName, arguments.error().message);
  if (arguments->has("--help")) return std::fputs(kHelp, stdout) < 0;
  if (!arguments->has("--from") || !arguments->has("--data") || !arguments->positionals().empty()) {
    return fail(kName, "say `restore --from BACKUP --data DIR`; --help tells more");
  }
  const std::filesystem::path data = arguments->value_or("--data", "");
  const auto restored = restore_backup(arguments->value_or("--from", ""), data, wall_clock_ms());
  if (!restored) return fail(kName, restored.error().message);
  const auto recorded = AuditLog(DataDirectory::audit_of(data), wall_clock_ms)
                            .record({who_of_command_line(), "restore", "", "done"});
  if (!recorded) return fail(kName, recorded.error().message);
  const auto cursor = fold_rest(data);
  if (!cursor) return fail(kName, cursor.error().message);
  std::printf("%s: %zu files, %llu bytes, folded to cursor %llu\n", data.c_str(), restored->files,
              static_cast<unsigned long long>(restored->bytes), static_cast<unsigned long long>(*cursor));
  return 0;
}

}  // namespace desirepath::collector::cli
