#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

#include "collector/cli/arguments.hpp"
#include "collector/cli/commands.hpp"
#include "collector/cli/directory_command.hpp"
#include "collector/import/text_source.hpp"
#include "collector/reading/suppression_document.hpp"

namespace desirepath::collector::cli {
namespace {

constexpr std::string_view kName = "suppress";
constexpr OptionSpec kOptions[] = {{"--data"},       {"--channel"}, {"--reason"},
                                   {"--source"},     {"--type"},    {"--journey", true, true},
                                   {"--help", false}};
constexpr std::size_t kLineBytesMax = 4'096;

constexpr const char* kHelp =
    "usage: desirepath suppress add    --data DIR TYPE:VALUE... [--channel C] [--reason R] [--source S]\n"
    "       desirepath suppress import --data DIR FILE [--type TYPE] [--channel C] [--reason R] [--source "
    "S]\n"
    "       desirepath suppress remove --data DIR TYPE:VALUE... [--channel C]\n"
    "       desirepath suppress list   --data DIR\n\n"
    "The list of addresses that must never be contacted, e.g. email:ann@example.com. Nothing is sent to "
    "whose\n"
    "profile has one of them, whatever their consent; what waits to be sent is held. What pages show stays "
    "the\n"
    "pages' own. An entry outlives the erasure of its person, as a keyed hash that still knows the "
    "address.\n\n"
    "  --data DIR      the data directory, served or not\n"
    "  --channel C     this server channel alone, e.g. sms; without it every one. remove: without it all\n"
    "                  entries of the address\n"
    "  --reason R      a word, e.g. unsubscribed, bounced, complained; without it: operator\n"
    "  --source S      a word, where it comes from, e.g. the ESP's name; without it: command-line\n"
    "  --type TYPE     the file has bare values of this type, e.g. email\n"
    "  --journey FILE  with this journey instead of the last one used; may be repeated (not while served)\n\n"
    "A file has one TYPE:VALUE a line, or one value with --type; empty lines and those that begin with # "
    "are\n"
    "passed over. Where a line is wrong nothing of the file is entered.\n\n"
    "  desirepath suppress import --data DIR unsubscribed.txt --type email --reason unsubscribed --source "
    "esp\n";

bool is_verb(const std::string& word) {
  return word == "add" || word == "import" || word == "remove" || word == "list";
}

Result<Arguments> parse(Words words) {
  auto arguments = Arguments::parse(words, kOptions);
  if (!arguments || arguments->has("--help")) return arguments;
  const auto& said = arguments->positionals();
  if (said.empty() || !is_verb(said[0])) {
    return failure(ErrorCode::bad_request, "say what to do: add, import, remove or list");
  }
  if (said[0] == "list" && said.size() != 1) return failure(ErrorCode::bad_request, "list takes no address");
  if (said[0] == "import" && said.size() != 2) return failure(ErrorCode::bad_request, "name one file");
  if (said.size() == 1 && said[0] != "list") {
    return failure(ErrorCode::bad_request, "name the addresses as TYPE:VALUE, e.g. email:ann@example.com");
  }
  return arguments;
}

SuppressionWish wish_of(const Arguments& arguments, std::string identifier) {
  SuppressionWish wish;
  wish.identifier = std::move(identifier);
  if (arguments.has("--channel")) wish.channel = arguments.value_or("--channel", "");
  wish.reason = arguments.value_or("--reason", wish.reason);
  wish.source = arguments.value_or("--source", "command-line");
  return wish;
}

Result<std::vector<Suppression>> named(const Arguments& arguments, const DirectoryWork& work) {
  std::vector<Suppression> entries;
  const auto set = work.open.journeys->current();
  for (std::size_t i = 1; i < arguments.positionals().size(); ++i) {
    auto entry =
        make_suppression(set->identifiers, wish_of(arguments, arguments.positionals()[i]), wall_clock_ms());
    if (!entry) return tl::unexpected(entry.error());
    entries.push_back(*std::move(entry));
  }
  return entries;
}

Result<std::vector<Suppression>> read_file(const Arguments& arguments, const DirectoryWork& work) {
  const std::string& file = arguments.positionals()[1];
  auto source = TextSource::open(work.path_of(file));
  if (!source) return tl::unexpected(source.error());
  const auto set = work.open.journeys->current();
  const std::string type = arguments.has("--type") ? arguments.value_or("--type", "") + ":" : "";
  std::vector<Suppression> entries;
  std::string line;
  for (std::size_t number = 1;; ++number) {
    line.clear();
    bool was_cut = false;
    if (!source->next_line(line, kLineBytesMax, was_cut)) return entries;
    while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) line.pop_back();
    if (line.empty() || line.front() == '#') continue;
    auto entry = make_suppression(set->identifiers, wish_of(arguments, type + line), wall_clock_ms());
    if (!entry) {
      return failure(ErrorCode::bad_file, file + ":" + std::to_string(number) + ": " + entry.error().message +
                                              "; nothing of the file was entered");
    }
    entries.push_back(*std::move(entry));
  }
}

Result<int> enter(const Result<std::vector<Suppression>>& entries, const DirectoryWork& work) {
  if (!entries) return tl::unexpected(entries.error());
  for (std::size_t at = 0; at < entries->size(); at += kSuppressionsMax) {
    const auto begin = entries->begin() + static_cast<std::ptrdiff_t>(at);
    const auto count = std::min(kSuppressionsMax, entries->size() - at);
    const std::vector<Suppression> piece(begin, begin + static_cast<std::ptrdiff_t>(count));
    if (auto done = work.open.fold->suppress(piece); !done) return tl::unexpected(done.error());
  }
  std::fprintf(work.streams.out, "suppressed: %zu\n", entries->size());
  return 0;
}

Result<int> remove(const Arguments& arguments, const DirectoryWork& work) {
  const auto set = work.open.journeys->current();
  std::optional<std::string> channel;
  if (arguments.has("--channel")) channel = arguments.value_or("--channel", "");
  std::vector<Identifier> identifiers;
  for (std::size_t i = 1; i < arguments.positionals().size(); ++i) {
    auto identifier = contact_of(set->identifiers, arguments.positionals()[i]);
    if (!identifier) return tl::unexpected(identifier.error());
    identifiers.push_back(*std::move(identifier));
  }
  unsigned long long removed = 0;
  for (const Identifier& identifier : identifiers) {
    auto gone = work.open.fold->unsuppress(identifier, channel);
    if (!gone) return tl::unexpected(gone.error());
    removed += *gone;
  }
  std::fprintf(work.streams.out, "removed: %llu\n", removed);
  return 0;
}

Result<int> list(const DirectoryWork& work) {
  std::int64_t after = 0;
  while (true) {
    auto snapshot = work.open.store->snapshot();
    if (!snapshot) return tl::unexpected(snapshot.error());
    const auto page = (*snapshot)->suppressions().list(after, kSuppressionsMax);
    if (!page) return tl::unexpected(page.error());
    for (const Suppression& entry : *page) {
      std::fprintf(work.streams.out, "%s\n", suppression_json(entry).c_str());
    }
    if (page->size() < kSuppressionsMax) return 0;
    after = page->back().id;
  }
}

Result<int> perform(const Arguments& arguments, const DirectoryWork& work) {
  const std::string& verb = arguments.positionals().front();
  if (verb == "add") return enter(named(arguments, work), work);
  if (verb == "import") return enter(read_file(arguments, work), work);
  return verb == "remove" ? remove(arguments, work) : list(work);
}

}  // namespace

const DirectoryCommand kSuppressCommand{kName, parse, false, perform};

int suppress_command(Words words) {
  const auto arguments = parse(words);
  if (!arguments) return fail(kName, arguments.error().message);
  if (arguments->has("--help")) return std::fputs(kHelp, stdout) < 0;
  return run_directory_command(kSuppressCommand, *arguments, words);
}

}  // namespace desirepath::collector::cli
