// One export under way: lines are pulled piece by piece, in constant memory.
//
// Lines are sorted by profile id, then by the order of events; the same set of events gives the same bytes.
//
// A run reads from one snapshot, which it renews every kExportSnapshotAge, so that a long export does not
// make the store's write-ahead log grow for hours. What a reader gets is exact all the same:
//   events      each event known at the beginning once, whatever merges meanwhile; those of profiles that
//               merged into one already told come at the end, by strand
//   profiles    each as of some moment since the beginning
//   decisions   likewise
// What changes meanwhile is beyond `cursor()`, which was taken at the beginning: the next run tells it.
//
// A run after a cursor tells what changed since. Applied in order, runs that follow each other by their
// cursors come to what one whole export says:
//   events      those that came in since
//   profiles    those that changed since, each to replace what was known under its id. One that is a profile
//               no longer is told as {"profile","gone":"merged","into"}, or "gone":"removed" where nothing is
//               left of it; with a `where`, one that does not hold it (any more) as "gone":"left"
//   decisions   rows that are new or changed since, with their "revision"; a retracted one with
//               "retracted":true. Key: decisionId and slot. With a `where`, one that does not hold it as
//               {"profile","decisionId","slot","revision","gone":"left"}
// In CSV a run after a cursor has two columns more, gone and into.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "collector/error.hpp"
#include "collector/export/export_lines.hpp"
#include "collector/export/limits.hpp"
#include "collector/export/table_writer.hpp"
#include "collector/fold/journeys.hpp"
#include "collector/profile/profile_store.hpp"

namespace desirepath::collector {

struct ExportOptions {
  ExportSubject subject = ExportSubject::profiles;
  ExportFormat format = ExportFormat::jsonl;
  std::string where;  // a condition over the JSON lines (profile/line_condition.hpp); empty: all
  std::string after;  // a cursor of an earlier run; empty or x0: a whole export
  std::chrono::steady_clock::duration snapshot_age_max = kExportSnapshotAge;
  std::size_t piece_bytes = kExportPieceBytes;  // about what `next` appends at once
};

class ExportRun {
 public:
  // ErrorCode::bad_request, with its field, for a condition with mistakes or a cursor this store did not
  // give. The store must outlive the run.
  static Result<std::unique_ptr<ExportRun>> begin(ProfileStore& store,
                                                  std::shared_ptr<const JourneySet> journeys,
                                                  const ExportOptions& options);
  ~ExportRun();

  // Where the next run goes on.
  const std::string& cursor() const { return cursor_; }
  // Appends what comes next, about `piece_bytes`, or less, or nothing yet, where that takes longer than
  // kExportPieceTime; false at the end. ErrorCode::storage where all was folded anew for other identifier
  // rules on the way: what was said of profiles that are none any more cannot be taken back.
  Result<bool> next(std::string& piece);
  // 0 to 1: how much of the profiles' ids is behind.
  double progress() const;

 private:
  enum class Part : std::uint8_t { heading, profiles, rest, done };

  ExportRun(ProfileStore& store, std::shared_ptr<const JourneySet> journeys);
  Result<void> renew_snapshot();
  Result<bool> step(std::string& piece);
  Result<bool> next_profile();

  ProfileStore* store_;
  std::shared_ptr<const JourneySet> journeys_;
  ExportScope scope_;
  std::string cursor_;
  std::chrono::steady_clock::duration snapshot_age_max_{};
  std::size_t piece_bytes_ = 0;
  std::chrono::steady_clock::time_point snapshot_taken_{};
  std::optional<ProfileSnapshot> snapshot_;
  std::string rules_;  // by which identifiers the store is made; empty before the first snapshot
  std::unique_ptr<ExportLines> lines_;
  Part part_ = Part::heading;
  std::vector<ProfileRows::Listed> page_;
  std::size_t at_ = 0;
  std::string last_id_;
  bool in_profile_ = false;
};

// Pulls a whole run into `sink`; `progress` is told now and then. Returns the cursor.
Result<std::string> write_export(ExportRun& run, const ExportSink& sink,
                                 const std::function<void(double)>& progress = {});

}  // namespace desirepath::collector
