#include <unistd.h>

#include <cstdio>
#include <string>

#include "collector/cli/arguments.hpp"
#include "collector/cli/commands.hpp"
#include "collector/cli/directory_command.hpp"
#include "collector/cli/output_file.hpp"
#include "collector/cli/progress_bar.hpp"
#include "collector/export/export_run.hpp"
#include "collector/export/subject_export.hpp"

namespace desirepath::collector::cli {
namespace {

constexpr std::string_view kName = "export";
constexpr OptionSpec kOptions[] = {
    {"--data", true, false},  {"--format", true, false}, {"--out", true, false},    {"--where", true, false},
    {"--after", true, false}, {"--id", true, false},     {"--journey", true, true}, {"--help", false, false}};

constexpr const char* kHelp =
    "usage: desirepath export profiles|events|decisions --data DIR [--where CONDITION] [--after CURSOR]\n"
    "                         [--format jsonl|csv] [--out FILE]\n\n"
    "Folds what the directory holds to the end and writes it, sorted by profile, then order, in constant "
    "memory.\n\n"
    "  --data DIR         the data directory, served or not\n"
    "  --where CONDITION  the lines alone that hold it: a condition as in a journey, over the line's own "
    "members\n"
    "  --after CURSOR     what changed since an earlier export; x0 for the first of them, which is whole. "
    "Then, "
    "and on a\n"
    "                     terminal, the cursor to go on from is told on standard error\n"
    "  --id TYPE:VALUE    all there is of one person, as one JSON document: identifiers and links, traits, "
    "events,\n"
    "                     decisions, what was sent, consent, rejected events\n"
    "  --format FORM      jsonl (default) or csv\n"
    "  --out FILE         instead of standard output; the file appears when it is whole\n"
    "  --journey FILE     fold with this journey instead of the last one used; may be repeated (not while "
    "served)\n\n"
    "  desirepath export profiles --data DIR --where '{\"audiences\":{\"$in\":[\"vip\"]}}' --format csv "
    "--out "
    "vip.csv\n"
    "  desirepath export events --data DIR --where '{\"event\":\"Order Completed\",\"timestamp\":{\"$gte\":"
    "\"2026-11-01\"}}'\n"
    "  desirepath export profiles --data DIR --id email:ann@example.com --out ann.json\n"
    "  desirepath export profiles --data DIR --after x0 --out all.jsonl 2> cursor.txt\n\n"
    "After a cursor a profile that is none any more is told as {\"profile\",\"gone\":\"merged\",\"into\"}, "
    "one "
    "that no\n"
    "longer holds the condition as \"gone\":\"left\"; a decision that no longer stands has "
    "\"retracted\":true. "
    "Applied in\n"
    "order, such exports come to what a whole one says.\n\n"
    "CSV columns (with --after also: gone, and of profiles into)\n"
    "  profiles   "
    "profile,userId,anonymousId,stage,stageSince,firstSeen,lastSeen,audiences,identifiers,traits,\n"
    "             behaviors,scores\n"
    "  events     "
    "profile,timestamp,messageId,type,event,userId,anonymousId,receivedAt,source,trust,properties,\n"
    "             traits,context\n"
    "  decisions  "
    "profile,timestamp,messageId,trigger,outcome,reason,channel,slot,treatment,decisionId,revision,\n"
    "             retracted,status\n"
    "A cell that a spreadsheet would run as a formula gets an apostrophe before it.\n";

Result<Arguments> parse(Words words) {
  auto arguments = Arguments::parse(words, kOptions);
  if (!arguments || arguments->has("--help")) return arguments;
  const auto& positionals = arguments->positionals();
  if (positionals.size() != 1 || !parse_export_subject(positionals[0])) {
    return failure(ErrorCode::bad_request, "say what: profiles, events or decisions");
  }
  if (arguments->has("--id")) {
    const bool is_alone =
        !arguments->has("--where") && !arguments->has("--after") && !arguments->has("--format");
    if (positionals[0] != "profiles" || !is_alone) {
      return failure(ErrorCode::bad_request,
                     "--id is one person's whole document: export profiles --id TYPE:VALUE, and --out");
    }
  }
  if (!parse_export_format(arguments->value_or("--format", "jsonl"))) {
    return failure(ErrorCode::bad_request, "--format is jsonl or csv");
  }
  return arguments;
}

// All there is of one person.
Result<int> export_subject(const Arguments& arguments, const DirectoryWork& work) {
  const std::string who = arguments.value_or("--id", "");
  ReplayEngines engines(*work.open.journeys);
  auto subject =
      SubjectExport::begin(*work.open.store, engines, work.open.journeys->current(), {who, wall_clock_ms()});
  if (!subject) return tl::unexpected(subject.error());
  const std::string out = arguments.value_or("--out", "");
  auto file = out.empty() ? Result<OutputFile>(OutputFile::stream(work.streams.out))
                          : OutputFile::create(work.path_of(out));
  if (!file) return tl::unexpected(file.error());
  while (true) {
    std::string piece;
    auto more = (*subject)->next(piece);
    if (!more) return tl::unexpected(more.error());
    if (auto done = file->write(piece); !done) return tl::unexpected(done.error());
    if (!*more) break;
  }
  if (auto done = file->finish(); !done) return tl::unexpected(done.error());
  return 0;
}

// The error as its option is called here.
Error named(Error error) {
  if (error.field == "after") error.message = "--after: " + error.message;
  if (error.field == "where") error.message = "--where: " + error.message;
  return error;
}

Result<int> perform(const Arguments& arguments, const DirectoryWork& work) {
  if (auto folded = work.catch_up(); !folded) return tl::unexpected(folded.error());
  if (arguments.has("--id")) return export_subject(arguments, work);
  ExportOptions options;
  options.subject = *parse_export_subject(arguments.positionals()[0]);
  options.format = *parse_export_format(arguments.value_or("--format", "jsonl"));
  options.where = arguments.value_or("--where", "");
  options.after = arguments.value_or("--after", "");
  auto run = ExportRun::begin(*work.open.store, work.open.journeys->current(), options);
  if (!run) return tl::unexpected(named(run.error()));

  const std::string out = arguments.value_or("--out", "");
  auto file = out.empty() ? Result<OutputFile>(OutputFile::stream(work.streams.out))
                          : OutputFile::create(work.path_of(out));
  if (!file) return tl::unexpected(file.error());
  ProgressBar bar(work.streams.err);
  auto cursor = write_export(
      **run, [&](std::string_view piece) { return file->write(piece); },
      [&](double part) { bar.show(part, arguments.positionals()[0]); });
  bar.clear();
  if (!cursor) return tl::unexpected(cursor.error());
  if (auto done = file->finish(); !done) return tl::unexpected(done.error());
  const bool is_terminal = ::isatty(::fileno(work.streams.err)) == 1;
  if (!options.after.empty() || is_terminal) std::fprintf(work.streams.err, "cursor %s\n", cursor->c_str());
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
