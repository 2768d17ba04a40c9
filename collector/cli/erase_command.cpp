#include <algorithm>
#include <cstdio>
#include <string>

#include "collector/cli/arguments.hpp"
#include "collector/cli/commands.hpp"
#include "collector/cli/directory_command.hpp"
#include "collector/fold/limits.hpp"

namespace desirepath::collector::cli {
namespace {

constexpr std::string_view kName = "erase";
constexpr OptionSpec kOptions[] = {
    {"--data", true, false}, {"--journey", true, true}, {"--help", false, false}};

constexpr const char* kHelp =
    "usage: desirepath erase --data DIR TYPE:VALUE\n\n"
    "Deletes the person an identifier belongs to, e.g. email:ann@example.com: events, traits, decisions, "
    "what waits "
    "to be sent,\n"
    "identifiers and links, in every file of the directory, write-ahead logs too. What they did before is "
    "not taken "
    "in again,\n"
    "whoever sends it; what they do later starts a fresh profile. There is no way back. Backups made before "
    "keep "
    "what they hold.\n\n"
    "  --data DIR      the data directory, served or not\n"
    "  --journey FILE  fold with this journey instead of the last one used; may be repeated (not while "
    "served)\n";

Result<Arguments> parse(Words words) {
  auto arguments = Arguments::parse(words, kOptions);
  if (!arguments || arguments->has("--help")) return arguments;
  if (arguments->positionals().size() != 1) {
    return failure(ErrorCode::bad_request, "name one identifier of the person as TYPE:VALUE");
  }
  return arguments;
}

Result<int> perform(const Arguments& arguments, const DirectoryWork& work) {
  const auto set = work.open.journeys->current();
  const auto identifier = set->identifiers.parse(arguments.positionals().front());
  if (!identifier) return tl::unexpected(identifier.error());
  auto erased = work.open.fold->erase(*identifier);
  if (!erased) return tl::unexpected(erased.error());
  auto finished = work.open.fold->finish_erasures(kErasureWaitMax);
  if (!finished) return tl::unexpected(finished.error());
  std::fprintf(work.streams.out, "erased: %llu events, %llu identifiers\n",
               static_cast<unsigned long long>(erased->events),
               static_cast<unsigned long long>(erased->identifiers));
  if (*finished) return 0;
  return failure(
      ErrorCode::storage,
      "the person is gone, but a long read keeps traces in the write-ahead log; they are overwritten when "
      "it ends");
}

}  // namespace

const DirectoryCommand kEraseCommand{kName, parse, false, perform};

int erase_command(Words words) {
  const auto arguments = parse(words);
  if (!arguments) return fail(kName, arguments.error().message);
  if (arguments->has("--help")) return std::fputs(kHelp, stdout) < 0;
  return run_directory_command(kEraseCommand, *arguments, words);
}

}  // namespace desirepath::collector::cli
