#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <string>

#include "collector/cli/arguments.hpp"
#include "collector/cli/commands.hpp"
#include "collector/cli/directory_command.hpp"
#include "collector/export/export_profiles.hpp"

namespace desirepath::collector::cli {
namespace {

constexpr std::string_view kName = "export";
constexpr OptionSpec kOptions[] = {{"--data", true, false},
                                   {"--format", true, false},
                                   {"--out", true, false},
                                   {"--journey", true, true},
                                   {"--help", false, false}};

constexpr const char* kHelp =
    "usage: desirepath export profiles|events|decisions --data DIR [--format jsonl|csv] [--out FILE]\n\n"
    "Folds what the directory holds to the end and writes it, sorted by profile, then order.\n\n"
    "  --data DIR      the data directory, served or not\n"
    "  --format FORM   jsonl (default) or csv\n"
    "  --out FILE      instead of standard output\n"
    "  --journey FILE  fold with this journey instead of the last one used; may be repeated (not while "
    "served)\n\n"
    "CSV columns\n"
    "  profiles   "
    "profile,userId,anonymousId,stage,stageSince,firstSeen,lastSeen,audiences,identifiers,traits,\n"
    "             behaviors,scores\n"
    "  events     "
    "profile,timestamp,messageId,type,event,userId,anonymousId,receivedAt,source,trust,properties,\n"
    "             traits,context\n"
    "  decisions  "
    "profile,timestamp,messageId,trigger,outcome,reason,channel,slot,treatment,decisionId,revision,\n"
    "             retracted\n"
    "A cell that a spreadsheet would run as a formula gets an apostrophe before it.\n";

struct CloseFile {
  void operator()(std::FILE* file) const noexcept { std::fclose(file); }
};

Result<void> write_all(const OpenDirectory& open, const std::string& what, ExportFormat format,
                       std::FILE* file) {
  const ExportSink sink = [file](std::string_view text) -> Result<void> {
    if (std::fwrite(text.data(), 1, text.size(), file) == text.size()) return {};
    return failure(ErrorCode::io, std::string("cannot write: ") + std::strerror(errno));
  };
  Result<void> done;
  if (what == "profiles") {
    done = export_profiles(*open.store, *open.journeys->current(), format, sink);
  } else if (what == "events") {
    done = export_events(*open.store, format, sink);
  } else {
    done = export_decisions(*open.store, format, sink);
  }
  if (done && std::fflush(file) != 0) {
    return failure(ErrorCode::io, std::string("cannot write: ") + std::strerror(errno));
  }
  return done;
}

Result<Arguments> parse(Words words) {
  auto arguments = Arguments::parse(words, kOptions);
  if (!arguments || arguments->has("--help")) return arguments;
  const auto& positionals = arguments->positionals();
  if (positionals.size() != 1 ||
      (positionals[0] != "profiles" && positionals[0] != "events" && positionals[0] != "decisions")) {
    return failure(ErrorCode::bad_request, "say what: profiles, events or decisions");
  }
  if (!parse_export_format(arguments->value_or("--format", "jsonl"))) {
    return failure(ErrorCode::bad_request, "--format is jsonl or csv");
  }
  return arguments;
}

Result<int> perform(const Arguments& arguments, const DirectoryWork& work) {
  const ExportFormat format = *parse_export_format(arguments.value_or("--format", "jsonl"));
  if (auto folded = work.catch_up(); !folded) return tl::unexpected(folded.error());
  const std::string out = arguments.value_or("--out", "");
  const std::unique_ptr<std::FILE, CloseFile> file(out.empty() ? nullptr
                                                               : std::fopen(work.path_of(out).c_str(), "wb"));
  if (!out.empty() && !file)
    return failure(ErrorCode::io, out + ": cannot be written: " + std::strerror(errno));
  auto done = write_all(work.open, arguments.positionals()[0], format, file ? file.get() : work.streams.out);
  if (!done) return tl::unexpected(done.error());
  return 0;
}

}  // namespace

const DirectoryCommand kExportCommand{kName, parse, false, perform};

int export_command(Words words) {
  const auto arguments = parse(words);
  if (!arguments) return fail(kName, arguments.error().message);
  if (arguments->has("--help")) return std::fputs(kHelp, stdout) < 0;
  return run_directory_command(kExportCommand, *arguments, words);
}

}  // namespace desirepath::collector::cli
