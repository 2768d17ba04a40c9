#include <charconv>
#include <cstdio>
#include <string>

#include "collector/cli/arguments.hpp"
#include "collector/cli/commands.hpp"
#include "collector/cli/directory_command.hpp"
#include "collector/import/text_source.hpp"
#include "collector/ingest/limits.hpp"
#include "collector/ingest/timestamp.hpp"
#include "collector/rejected/limits.hpp"
#include "collector/rejected/rejected_desk.hpp"

namespace desirepath::collector::cli {
namespace {

constexpr std::string_view kName = "rejected";
constexpr OptionSpec kOptions[] = {{"--data"},           {"--code"},       {"--event"}, {"--source"},
                                   {"--since"},          {"--all", false}, {"--edit"},  {"--plan"},
                                   {"--id", true, true}, {"--help", false}};

constexpr const char* kHelp =
    "usage: desirepath rejected list    --data DIR [filters] [--all]\n"
    "       desirepath rejected replay  --data DIR [filters] [--id N]... [--edit FILE] [--plan FILE]\n"
    "       desirepath rejected discard --data DIR [filters] [--id N]...\n\n"
    "Events that were not accepted are kept with their reason. `list` prints them, one JSON object a line; "
    "what is "
    "wrong\n"
    "with them can be mended there and given back:\n\n"
    "  desirepath rejected list --data DIR --code plan > mend.jsonl\n"
    "  $EDITOR mend.jsonl\n"
    "  desirepath rejected replay --data DIR --edit mend.jsonl\n\n"
    "A replayed event is stored as if it had been right when it came, under its own messageId: replaying it "
    "again does "
    "nothing.\n"
    "What is still wrong is told and stays. The directory may be served meanwhile.\n\n"
    "  --code CODE     rejected for this reason, e.g. plan, bad_timestamp\n"
    "  --event NAME    of this name (a track), or of this type\n"
    "  --source NAME   that came with this key\n"
    "  --since TIME    received then or later, ISO 8601\n"
    "  --all           list those too that have been replayed\n"
    "  --id N          this one; may be repeated\n"
    "  --edit FILE     mended events, as `list` prints them\n"
    "  --plan FILE     hold them against this tracking plan; a served directory has its own\n";

Result<std::int64_t> number_of(const std::string& text) {
  std::int64_t id = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), id);
  if (parsed.ec == std::errc() && parsed.ptr == text.data() + text.size()) return id;
  return failure(ErrorCode::bad_request, "--id must be a number, as `rejected list` tells it");
}

Result<Arguments> parse(Words words) {
  auto arguments = Arguments::parse(words, kOptions);
  if (!arguments || arguments->has("--help")) return arguments;
  const auto& verbs = arguments->positionals();
  if (verbs.size() != 1 || (verbs[0] != "list" && verbs[0] != "replay" && verbs[0] != "discard")) {
    return failure(ErrorCode::bad_request, "say what to do: list, replay or discard");
  }
  for (const std::string& id : arguments->values("--id")) {
    if (auto number = number_of(id); !number) return tl::unexpected(number.error());
  }
  if (arguments->has("--since") && !parse_timestamp(arguments->value_or("--since", ""))) {
    return failure(ErrorCode::bad_request, "--since must be ISO 8601, e.g. 2026-10-01T00:00:00Z");
  }
  return arguments;
}

RejectedFilter filter_of(const Arguments& arguments) {
  RejectedFilter filter;
  filter.code = arguments.value_or("--code", "");
  filter.event = arguments.value_or("--event", "");
  filter.source = arguments.value_or("--source", "");
  filter.since_ms = parse_timestamp(arguments.value_or("--since", "")).value_or(0);
  filter.with_settled = arguments.has("--all");
  return filter;
}

template <typename Each>
Result<void> for_each(const DirectoryWork& work, const RejectedFilter& filter, Each each) {
  std::int64_t after = 0;
  while (true) {
    auto snapshot = work.open.store->snapshot();
    if (!snapshot) return tl::unexpected(snapshot.error());
    const auto page = (*snapshot)->rejected().list(filter, after, kReplaysMax);
    if (!page) return tl::unexpected(page.error());
    for (const RejectedRecord& record : *page) each(record);
    if (page->size() < kReplaysMax) return {};
    after = page->back().id;
  }
}

Result<void> read_edits(const std::filesystem::path& file, std::vector<ReplayWish>& wishes) {
  auto source = TextSource::open(file);
  if (!source) return tl::unexpected(source.error());
  std::string line;
  for (std::size_t number = 1;; ++number) {
    line.clear();
    bool was_cut = false;
    if (!source->next_line(line, kBodyBytesMost, was_cut)) return {};
    if (line.empty()) continue;
    auto wish = replay_wish(line);
    if (!wish) {
      return failure(ErrorCode::bad_file,
                     file.string() + ":" + std::to_string(number) + ": " + wish.error().message);
    }
    wishes.push_back(std::move(*wish));
  }
}

// Those that are named, else all that the filters leave.
Result<std::vector<ReplayWish>> wishes_of(const Arguments& arguments, const DirectoryWork& work) {
  std::vector<ReplayWish> wishes;
  if (arguments.has("--edit")) {
    if (auto read = read_edits(work.path_of(arguments.value_or("--edit", "")), wishes); !read) {
      return tl::unexpected(read.error());
    }
  }
  for (const std::string& id : arguments.values("--id")) wishes.push_back({number_of(id).value_or(0), {}});
  if (arguments.has("--edit") || arguments.has("--id")) return wishes;
  auto found = for_each(work, filter_of(arguments), [&](const RejectedRecord& record) {
    wishes.push_back({record.id, {}});
  });
  if (!found) return tl::unexpected(found.error());
  return wishes;
}

Result<int> list(const Arguments& arguments, const DirectoryWork& work) {
  auto done = for_each(work, filter_of(arguments), [&](const RejectedRecord& record) {
    std::fprintf(work.streams.out, "%s\n", rejected_json(record).c_str());
  });
  if (!done) return tl::unexpected(done.error());
  return 0;
}

Result<int> replay(const Arguments& arguments, const DirectoryWork& work, RejectedDesk& desk) {
  if (arguments.has("--plan")) {
    if (work.is_served) {
      return failure(ErrorCode::bad_request,
                     "the directory is being served, with its own plan; leave out --plan");
    }
    if (auto read = use_plan_file(*work.open.ingest, work.path_of(arguments.value_or("--plan", ""))); !read) {
      return tl::unexpected(read.error());
    }
  }
  const auto wishes = wishes_of(arguments, work);
  if (!wishes) return tl::unexpected(wishes.error());
  std::size_t replayed = 0;
  std::size_t skipped = 0;
  std::size_t still = 0;
  for (auto begin = wishes->begin(); begin != wishes->end();) {
    const auto end = begin + std::min<std::ptrdiff_t>(wishes->end() - begin, kReplaysMax);
    const auto answer = desk.replay({begin, end});
    if (!answer) return tl::unexpected(answer.error());
    for (const auto& refused : answer->rejected) {
      std::fprintf(work.streams.err, "%lld: %s: %s\n", static_cast<long long>(refused.id),
                   to_string(refused.why.code), refused.why.message.c_str());
    }
    replayed += answer->replayed.size();
    skipped += answer->skipped.size();
    still += answer->rejected.size();
    begin = end;
  }
  if (auto folded = work.catch_up(); !folded) return tl::unexpected(folded.error());
  std::fprintf(work.streams.out, "%zu replayed, %zu still rejected, %zu left aside\n", replayed, still,
               skipped);
  return still == 0 ? 0 : 1;
}

Result<int> discard(const Arguments& arguments, const DirectoryWork& work, RejectedDesk& desk) {
  const auto wishes = wishes_of(arguments, work);
  if (!wishes) return tl::unexpected(wishes.error());
  std::vector<std::int64_t> ids;
  for (const ReplayWish& wish : *wishes) ids.push_back(wish.id);
  const auto discarded = desk.discard(ids);
  if (!discarded) return tl::unexpected(discarded.error());
  std::fprintf(work.streams.out, "%zu discarded\n", *discarded);
  return 0;
}

Result<int> perform(const Arguments& arguments, const DirectoryWork& work) {
  if (auto folded = work.catch_up(); !folded) return tl::unexpected(folded.error());
  const std::string& verb = arguments.positionals()[0];
  if (verb == "list") return list(arguments, work);
  RejectedDesk desk(
      *work.open.journal, *work.open.ingest, *work.open.store, [&work] { return work.catch_up(); },
      wall_clock_ms);
  return verb == "replay" ? replay(arguments, work, desk) : discard(arguments, work, desk);
}

}  // namespace

const DirectoryCommand kRejectedCommand{kName, parse, false, perform};

int rejected_command(Words words) {
  const auto arguments = parse(words);
  if (!arguments) return fail(kName, arguments.error().message);
  if (arguments->has("--help")) return std::fputs(kHelp, stdout) < 0;
  return run_directory_command(kRejectedCommand, *arguments, words);
}

}  // namespace desirepath::collector::cli
