#include "collector/cli/open_directory.hpp"

#include <time.h>

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "collector/journal/journal_check.hpp"

namespace desirepath::collector::cli {

std::int64_t wall_clock_ms() {
  using std::chrono::duration_cast, std::chrono::milliseconds, std::chrono::system_clock;
  return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}

namespace {

// Since the machine was started, its sleep counted.
std::int64_t running_ms() {
  timespec time{};
  ::clock_gettime(CLOCK_BOOTTIME, &time);
  return static_cast<std::int64_t>(time.tv_sec) * 1'000 + time.tv_nsec / 1'000'000;
}

Result<void> open_ingest(const OpenOptions& options, OpenDirectory& open) {
  auto clocks = ClockBook::open(open.directory.clocks());
  if (!clocks) return tl::unexpected(clocks.error());
  open.clocks = *std::move(clocks);
  if (!options.geo_file.empty()) {
    auto geo = GeoFile::open(options.geo_file);
    if (!geo) return tl::unexpected(geo.error());
    open.geo = *std::move(geo);
  }
  IngestParts parts{options.ingest, open.clocks.get(), open.geo.get()};
  parts.options.retention = options.retention;
  parts.is_erased = [store = open.store.get(), journeys = open.journeys.get()](const AcceptedEvent& event,
                                                                               std::int64_t received_at_ms) {
    return is_erased_event(store->tombstones(), *journeys, event, received_at_ms);
  };
  parts.is_denied = is_denied_event;
  open.ingest = std::make_unique<Ingest>(*open.journal, wall_clock_ms, std::move(parts));
  return options.plan_file.empty() ? Result<void>{} : use_plan_file(*open.ingest, options.plan_file);
}

}  // namespace

Result<std::shared_ptr<const TrackingPlan>> read_plan_file(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  const std::string text((std::istreambuf_iterator<char>(in)), {});
  if (!in) return failure(ErrorCode::bad_configuration, file.string() + " cannot be read", "plan");
  return TrackingPlan::read(file.string(), text);
}

Result<void> use_plan_file(Ingest& ingest, const std::filesystem::path& file) {
  auto plan = read_plan_file(file);
  if (!plan) return tl::unexpected(plan.error());
  ingest.use_plan(*std::move(plan));
  return {};
}

Result<OpenDirectory> open_directory(const OpenOptions& options) {
  std::error_code error;
  if (!options.create && !std::filesystem::exists(options.data / "profiles.db", error)) {
    return failure(ErrorCode::not_found,
                   options.data.string() + " is no data directory: nothing was stored there yet", "--data");
  }
  auto directory = DataDirectory::lock(options.data, options.purpose);
  if (!directory) return tl::unexpected(directory.error());
  OpenDirectory open{*std::move(directory),
                     nullptr,
                     nullptr,
                     std::make_unique<Journeys>(),
                     nullptr,
                     nullptr,
                     nullptr,
                     nullptr};
  auto store = ProfileStore::open(open.directory.profiles());
  if (!store) return tl::unexpected(store.error());
  open.store = *std::move(store);
  // No number at or below what is folded is used again, whatever happened to the journal's files.
  const auto folded = open.store->writer().cursor();
  if (!folded) return tl::unexpected(folded.error());
  JournalOptions journal_options;
  journal_options.begin_after = Cursor{*folded};
  auto journal = Journal::open(open.directory.journal(), journal_options);
  if (!journal) return tl::unexpected(journal.error());
  open.journal = *std::move(journal);
  if (const auto removed = open.journal->removed_up_to(); Cursor{*folded} < removed) {
    return failure(ErrorCode::storage, lost_batches(*folded, removed.position));
  }
  const std::vector<std::string> mistakes = open.journeys->load_for(*open.store, options.journey_files);
  if (!mistakes.empty()) {
    std::string lines = "the journey has mistakes";
    for (const std::string& mistake : mistakes) lines += '\n' + mistake;
    return failure(ErrorCode::bad_journey, std::move(lines));
  }
  FoldOptions fold;
  fold.now_ms = wall_clock_ms;
  fold.running_ms = running_ms;
  fold.report_error = options.report_fold;
  if (!fold.report_error) {
    fold.report_error = [](const Error& failed) {
      std::fprintf(stderr, "desirepath: fold: %s\n", failed.message.c_str());
    };
  }
  fold.rejected = options.rejected;
  fold.retention = options.retention;
  fold.report_sweep = options.report_sweep;
  open.fold = std::make_unique<Fold>(*open.journal, *open.store, *open.journeys, std::move(fold));
  if (auto made = open_ingest(options, open); !made) return tl::unexpected(made.error());
  return open;
}

}  // namespace desirepath::collector::cli
