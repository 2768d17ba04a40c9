#include <algorithm>
#include <cstdio>
#include <string>

#include "collector/cli/arguments.hpp"
#include "collector/cli/commands.hpp"
#include "collector/cli/directory_command.hpp"

namespace desirepath::collector::cli {
namespace {

constexpr std::string_view kName = "unmerge";
constexpr OptionSpec kOptions[] = {
    {"--data", true, false}, {"--journey", true, true}, {"--help", false, false}};

constexpr const char* kHelp =
    "usage: desirepath unmerge --data DIR TYPE:VALUE TYPE:VALUE\n\n"
    "Separates two identifiers that were merged by mistake, e.g. userId:ann anonymousId:tablet-7: no chain "
    "of links\n"
    "will join them again, and what they did is folded anew as if they had never been one person.\n\n"
    "  --data DIR      the data directory, served or not\n"
    "  --journey FILE  fold with this journey instead of the last one used; may be repeated (not while "
    "served)\n";

Result<Arguments> parse(Words words) {
  auto arguments = Arguments::parse(words, kOptions);
  if (!arguments || arguments->has("--help")) return arguments;
  if (arguments->positionals().size() != 2) {
    return failure(ErrorCode::bad_request, "name the two identifiers as TYPE:VALUE TYPE:VALUE");
  }
  return arguments;
}

Result<int> perform(const Arguments& arguments, const DirectoryWork& work) {
  if (auto folded = work.catch_up(); !folded) return tl::unexpected(folded.error());
  const auto set = work.open.journeys->current();
  const auto one = set->identifiers.parse(arguments.positionals()[0]);
  if (!one) return tl::unexpected(one.error());
  const auto other = set->identifiers.parse(arguments.positionals()[1]);
  if (!other) return tl::unexpected(other.error());
  if (*one == *other) return failure(ErrorCode::bad_request, "the two identifiers are the same");
  if (auto cut = work.open.fold->cut(*one, *other); !cut) return tl::unexpected(cut.error());
  std::fprintf(work.streams.out, "%s and %s are kept apart\n", to_string(*one).c_str(),
               to_string(*other).c_str());
  return 0;
}

}  // namespace

const DirectoryCommand kUnmergeCommand{kName, parse, false, perform};

int unmerge_command(Words words) {
  const auto arguments = parse(words);
  if (!arguments) return fail(kName, arguments.error().message);
  if (arguments->has("--help")) return std::fputs(kHelp, stdout) < 0;
  return run_directory_command(kUnmergeCommand, *arguments, words);
}

}  // namespace desirepath::collector::cli
