#include <cstdio>
#include <string>

#include "collector/cli/arguments.hpp"
#include "collector/cli/commands.hpp"
#include "collector/cli/directory_command.hpp"
#include "collector/ops/backup.hpp"

namespace desirepath::collector::cli {
namespace {

constexpr std::string_view kName = "backup";
constexpr OptionSpec kOptions[] = {{"--data"}, {"--out"}, {"--help", false}};

constexpr const char* kHelp =
    "usage: desirepath backup --data DIR --out BACKUP\n\n"
    "Copies the data directory, served or not, so that `desirepath restore` can make it anew. Everything "
    "that\n"
    "was acknowledged before it began is in the copy. BACKUP must not be there yet or be empty; it holds a\n"
    "manifest with the SHA-256 of each file, and is whole when this command has ended with 0.\n\n"
    "It needs as much room as the data, and while it runs the profile store's log is not cut: on a busy\n"
    "collector, run it when there is little traffic.\n";

Result<Arguments> parse(Words words) {
  auto arguments = Arguments::parse(words, kOptions);
  if (!arguments || arguments->has("--help")) return arguments;
  if (!arguments->has("--out")) return failure(ErrorCode::bad_request, "--out BACKUP is needed");
  if (!arguments->positionals().empty()) {
    return failure(ErrorCode::bad_request, "'" + arguments->positionals()[0] + "' is not an option");
  }
  return arguments;
}

Result<int> perform(const Arguments& arguments, const DirectoryWork& work) {
  const std::filesystem::path out = work.path_of(arguments.value_or("--out", ""));
  const BackupParts parts{work.open.directory.path(), *work.open.journal, work.open.fold->cursor(),
                          wall_clock_ms()};
  const auto written = write_backup(parts, out);
  if (!written) return tl::make_unexpected(written.error());
  std::fprintf(work.streams.out, "%s: %zu files, %llu bytes, up to cursor %llu\n", out.c_str(),
               written->files, static_cast<unsigned long long>(written->bytes),
               static_cast<unsigned long long>(written->cursor.position));
  return 0;
}

}  // namespace

const DirectoryCommand kBackupCommand{kName, parse, false, perform};

int backup_command(Words words) {
  const auto arguments = parse(words);
  if (!arguments) return fail(kName, arguments.error().message);
  if (arguments->has("--help")) return std::fputs(kHelp, stdout) < 0;
  return run_directory_command(kBackupCommand, *arguments, words);
}

}  // namespace desirepath::collector::cli
