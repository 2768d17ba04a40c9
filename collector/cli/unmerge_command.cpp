#include <algorithm>
#include <cstdio>
#include <optional>
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

std::optional<Identifier> parse_identifier(const IdentifierRules& rules, const std::string& text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string::npos) return std::nullopt;
  return rules.identify(text.substr(0, colon), text.substr(colon + 1));
}

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
  std::optional<Identifier> identifiers[2];
  for (std::size_t i = 0; i < 2; ++i) {
    const std::string& text = arguments.positionals()[i];
    identifiers[i] = parse_identifier(set->identifiers, text);
    if (!identifiers[i]) {
      return failure(ErrorCode::bad_request,
                     "'" + text + "' is not TYPE:VALUE of an identifier this journey knows");
    }
  }
  if (*identifiers[0] == *identifiers[1])
    return failure(ErrorCode::bad_request, "the two identifiers are the same");
  if (auto cut = work.open.fold->cut(*identifiers[0], *identifiers[1]); !cut)
    return tl::unexpected(cut.error());
  std::fprintf(work.streams.out, "%s and %s are kept apart\n", to_string(*identifiers[0]).c_str(),
               to_string(*identifiers[1]).c_str());
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
