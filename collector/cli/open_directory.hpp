// A data directory, opened by a command that works on it alone.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "collector/error.hpp"
#include "collector/fold/fold.hpp"
#include "collector/fold/journeys.hpp"
#include "collector/ingest/ingest.hpp"
#include "collector/journal/journal.hpp"
#include "collector/ops/data_directory.hpp"
#include "collector/profile/profile_store.hpp"

namespace desirepath::collector::cli {

// In the order in which they need each other; closed in the other.
struct OpenDirectory {
  DataDirectory directory;
  std::unique_ptr<Journal> journal;
  std::unique_ptr<ProfileStore> store;
  std::unique_ptr<Journeys> journeys;
  std::unique_ptr<Fold> fold;
  std::unique_ptr<ClockBook> clocks;
  std::unique_ptr<GeoFile> geo;  // null: none was named
  std::unique_ptr<Ingest> ingest;
};

struct OpenOptions {
  std::string purpose;                               // of the lock, e.g. "export"
  std::filesystem::path data;                        // the directory
  std::vector<std::filesystem::path> journey_files;  // none: those the directory was folded with last
  bool create = false;                               // where there is none
  IngestOptions ingest{};
  std::filesystem::path geo_file{};   // none: no place is told
  std::filesystem::path plan_file{};  // none: nothing is held against a plan
  RejectedBounds rejected{};
  std::chrono::milliseconds retention{0};                // of events; 0: for ever
  std::function<void(const Forgotten&)> report_sweep{};  // told what a retention sweep removed
  std::function<void(const Error&)> report_fold{};       // takes the fold's errors; none: standard error does
};

// One clear line when the directory is missing, in use or damaged; for journeys all their mistakes, a line
// each.
Result<OpenDirectory> open_directory(const OpenOptions& options);

// An error names every mistake, a line each.
Result<std::shared_ptr<const TrackingPlan>> read_plan_file(const std::filesystem::path& file);

// Reads the tracking plan, from now on in force. On an error, which names every mistake, the one before
// stays.
Result<void> use_plan_file(Ingest& ingest, const std::filesystem::path& file);

// Wall clock, ms UTC.
std::int64_t wall_clock_ms();

}  // namespace desirepath::collector::cli
