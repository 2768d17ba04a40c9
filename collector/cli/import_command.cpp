#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <functional>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "collector/cli/arguments.hpp"
#include "collector/cli/commands.hpp"
#include "collector/cli/directory_command.hpp"
#include "collector/cli/progress_bar.hpp"
#include "collector/import/batch_poster.hpp"
#include "collector/import/event_source.hpp"
#include "collector/import/limits.hpp"
#include "collector/profile/stored_event.hpp"

namespace desirepath::collector::cli {
namespace {

constexpr std::string_view kName = "import";
constexpr OptionSpec kOptions[] = {{"--data", true, false},   {"--url", true, false},
                                   {"--key", true, false},    {"--map", true, false},
                                   {"--journey", true, true}, {"--help", false, false}};

constexpr const char* kHelp =
    "usage: desirepath import FILE --data DIR | --url URL --key KEY\n\n"
    "Brings events from a file: .jsonl or .ndjson with one Segment-spec event a line, or .csv; also .gz. A "
    "row without a\n"
    "messageId gets one from the file's content and the row's number: importing a file again changes "
    "nothing.\n\n"
    "  --data DIR      into this data directory, served or not\n"
    "  --journey FILE  fold with this journey instead of the last one used (with --data); may be repeated\n"
    "  --url URL       to this collector\n"
    "  --key KEY       its secret key\n"
    "  --map FILE      how the columns of a CSV become events\n\n"
    "Bad rows are told with file and line and left out; exit code 1 when there are any.\n";

using Clock = std::chrono::steady_clock;

// What came of the file.
struct Tally {
  std::string file;
  ControlStreams streams{stdout, stderr};
  std::uint64_t rows = 0;
  std::uint64_t bad = 0;

  void mistake(std::uint64_t line, const std::string& what) {
    if (++bad <= kImportMistakesShown) {
      std::fprintf(streams.err, "%s:%llu: %s\n", file.c_str(), static_cast<unsigned long long>(line),
                   what.c_str());
    } else if (bad == kImportMistakesShown + 1) {
      std::fprintf(streams.err, "%s: further bad rows are counted only\n", file.c_str());
    }
  }
};

struct Row {
  std::uint64_t line;
  AcceptedEvent event;
};

// Reads the file to its end, handing over the good rows in groups.
Result<void> read_rows(EventSource& source, Tally& tally, std::size_t events_max, std::size_t bytes_max,
                       const std::function<Result<void>(std::vector<Row>)>& take) {
  ProgressBar progress(tally.streams.err);
  std::vector<Row> rows;
  std::size_t bytes = 0;
  ImportedRow row;
  while (source.next(row)) {
    ++tally.rows;
    if (!row.mistake.empty()) {
      progress.clear();
      tally.mistake(row.line, row.mistake);
      continue;
    }
    if (rows.size() >= events_max || (!rows.empty() && bytes + row.event.json.size() > bytes_max)) {
      if (auto done = take(std::exchange(rows, {})); !done) return done;
      bytes = 0;
      progress.show(source.progress(), std::to_string(tally.rows) + " rows");
    }
    bytes += row.event.json.size() + 1;
    rows.push_back({row.line, std::move(row.event)});
  }
  if (!rows.empty()) {
    if (auto done = take(std::move(rows)); !done) return done;
  }
  if (source.failed()) return failure(ErrorCode::bad_file, tally.file + ": is damaged after this point");
  return {};
}

int finish(const Tally& tally, Clock::time_point began, std::uint64_t fresh, std::uint64_t known) {
  const double seconds = std::chrono::duration<double>(Clock::now() - began).count();
  const std::uint64_t events = tally.rows - tally.bad;
  std::fprintf(tally.streams.out,
               "%llu rows: %llu new, %llu known already, %llu bad; %.2f s, %.0f events/s\n",
               static_cast<unsigned long long>(tally.rows), static_cast<unsigned long long>(fresh),
               static_cast<unsigned long long>(known), static_cast<unsigned long long>(tally.bad), seconds,
               seconds > 0 ? static_cast<double>(events) / seconds : 0.0);
  return tally.bad == 0 ? 0 : 1;
}

Result<Arguments> parse(Words words) {
  auto arguments = Arguments::parse(words, kOptions);
  if (!arguments || arguments->has("--help")) return arguments;
  const auto refuse = [](std::string message) { return failure(ErrorCode::bad_request, std::move(message)); };
  const bool to_directory = arguments->has("--data");
  if (arguments->positionals().size() != 1) return refuse("name one file");
  if (to_directory == arguments->has("--url"))
    return refuse("say where to: --data DIR, or --url URL --key KEY");
  if (!to_directory && !arguments->has("--key")) {
    return refuse("--url needs --key, a secret key of that collector");
  }
  if (!to_directory && arguments->has("--journey")) {
    return refuse("--journey goes with --data; a collector has its own");
  }
  return arguments;
}

Result<EventSource> open_source(const Arguments& arguments, const std::filesystem::path& folder) {
  const std::string map = arguments.value_or("--map", "");
  return EventSource::open(folder / arguments.positionals().front(),
                           map.empty() ? std::filesystem::path() : folder / map, wall_clock_ms());
}

// What the fold has seen so far; while served, of all that comes in.
struct Folded {
  std::uint64_t events;
  std::uint64_t duplicates;
};
Folded folded_so_far(const DirectoryWork& work) {
  const FoldCounters counters = work.open.fold->counters();
  return {counters.events, counters.duplicates};
}

Result<int> perform(const Arguments& arguments, const DirectoryWork& work) {
  Tally tally{arguments.positionals().front(), work.streams};
  auto source = open_source(arguments, work.folder);
  if (!source) return tl::unexpected(source.error());
  // What was there already is not ours to count.
  if (auto before = work.catch_up(); !before) return tl::unexpected(before.error());
  const auto began = Clock::now();
  const Folded before = folded_so_far(work);
  if (!work.is_served) {
    if (auto started = work.open.fold->start(); !started) return tl::unexpected(started.error());
  }
  const auto done =
      read_rows(*source, tally, kImportBatchEvents, SIZE_MAX, [&](std::vector<Row> rows) -> Result<void> {
        AcceptedBatch batch{wall_clock_ms(), std::string(kImportSource), Trust::proved, {}};
        batch.events.reserve(rows.size());
        for (Row& row : rows) batch.events.push_back(std::move(row.event));
        auto appended = work.open.journal->append(batch);
        if (!appended) return tl::unexpected(appended.error());
        return {};
      });
  if (!work.is_served) work.open.fold->stop();
  if (auto folded = work.catch_up(); !folded) return tl::unexpected(folded.error());
  if (!done) return tl::unexpected(done.error());
  const Folded after = folded_so_far(work);
  return finish(tally, began, after.events - before.events, after.duplicates - before.duplicates);
}

int import_to_collector(const Arguments& arguments) {
  Tally tally{arguments.positionals().front()};
  auto source = open_source(arguments, std::filesystem::current_path());
  if (!source) return fail(kName, source.error().message);
  const auto began = Clock::now();
  auto poster =
      BatchPoster::open(arguments.value_or("--url", ""), arguments.value_or("--key", ""),
                        [](int seconds) { std::this_thread::sleep_for(std::chrono::seconds(seconds)); });
  if (!poster) return fail(kName, poster.error().message);
  std::uint64_t accepted = 0;
  std::uint64_t duplicates = 0;
  const auto take = [&](std::vector<Row> rows) -> Result<void> {
    std::vector<AcceptedEvent> events;
    for (Row& row : rows) events.push_back(std::move(row.event));
    auto answer = (*poster)->post(events);
    if (!answer) return tl::unexpected(answer.error());
    accepted += answer->accepted;
    duplicates += answer->duplicates;
    for (const PostAnswer::Rejected& rejected : answer->rejected) {
      if (rejected.index < rows.size()) tally.mistake(rows[rejected.index].line, rejected.message);
    }
    return {};
  };
  const auto done = read_rows(*source, tally, kImportPostEvents, kImportPostBytes, take);
  if (!done) return fail(kName, done.error().message);
  return finish(tally, began, accepted, duplicates);
}

}  // namespace

const DirectoryCommand kImportCommand{kName, parse, true, perform};

int import_command(Words words) {
  const auto arguments = parse(words);
  if (!arguments) return fail(kName, arguments.error().message);
  if (arguments->has("--help")) return std::fputs(kHelp, stdout) < 0;
  if (arguments->has("--data")) return run_directory_command(kImportCommand, *arguments, words);
  return import_to_collector(*arguments);
}

}  // namespace desirepath::collector::cli
