#include "collector/export/export_run.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "sdk/engine/program.hpp"

namespace desirepath::collector {
namespace {

// What a cursor begins with, so that none of the journal's is taken for one.
constexpr std::string_view kCursorMark = "x";

Result<std::uint64_t> position_of(std::string_view cursor, std::uint64_t newest) {
  std::uint64_t position = 0;
  const std::string_view digits = cursor.substr(std::min(cursor.size(), kCursorMark.size()));
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), position);
  if (!cursor.starts_with(kCursorMark) || digits.empty() || read.ec != std::errc() ||
      read.ptr != digits.data() + digits.size()) {
    return failure(ErrorCode::bad_request,
                   "'" + std::string(cursor.substr(0, 40)) +
                       "' is no cursor of an export; give the one that the last export told, such as x42",
                   "after");
  }
  if (position > newest) {
    return failure(ErrorCode::bad_request,
                   "the cursor " + std::string(cursor) + " is ahead of this store, which is at " +
                       std::string(kCursorMark) + std::to_string(newest) +
                       ": it was restored or is another one; export everything anew",
                   "after");
  }
  return position;
}

std::unique_ptr<ExportLines> lines_of(ExportSubject subject, const ExportScope& scope) {
  switch (subject) {
    case ExportSubject::profiles: return profile_lines(scope);
    case ExportSubject::events: return event_lines(scope);
    case ExportSubject::decisions: break;
  }
  return decision_lines(scope);
}

Result<LineCondition> compile_where(const ExportOptions& options, const JourneySet& journeys) {
  if (options.where.size() > kWhereBytesMax) {
    return failure(ErrorCode::bad_request,
                   "a condition has at most " + std::to_string(kWhereBytesMax) + " bytes", "where");
  }
  const bool is_profiles = options.subject == ExportSubject::profiles;
  return LineCondition::compile(options.where,
                                is_profiles ? journeys.audience_ids() : std::vector<std::string>{});
}

}  // namespace

std::optional<ExportSubject> parse_export_subject(std::string_view word) {
  if (word == "profiles") return ExportSubject::profiles;
  if (word == "events") return ExportSubject::events;
  if (word == "decisions") return ExportSubject::decisions;
  return std::nullopt;
}

ExportRun::ExportRun(ProfileStore& store, std::shared_ptr<const JourneySet> journeys)
    : store_(&store), journeys_(std::move(journeys)) {}
ExportRun::~ExportRun() = default;

Result<std::unique_ptr<ExportRun>> ExportRun::begin(ProfileStore& store,
                                                    std::shared_ptr<const JourneySet> journeys,
                                                    const ExportOptions& options) {
  std::unique_ptr<ExportRun> run(new ExportRun(store, std::move(journeys)));
  if (!options.where.empty()) {
    auto where = compile_where(options, *run->journeys_);
    if (!where) return tl::make_unexpected(where.error());
    run->scope_.where = *std::move(where);
  }
  run->scope_.journeys = run->journeys_.get();
  run->scope_.format = options.format;
  run->snapshot_age_max_ = options.snapshot_age_max;
  run->piece_bytes_ = options.piece_bytes;
  if (auto done = run->renew_snapshot(); !done) return tl::make_unexpected(done.error());
  auto position = (*run->snapshot_)->position();
  if (!position) return tl::make_unexpected(position.error());
  run->scope_.upto = *position;
  run->cursor_ = std::string(kCursorMark) + std::to_string(*position);
  if (!options.after.empty()) {
    auto after = position_of(options.after, *position);
    if (!after) return tl::make_unexpected(after.error());
    if (*after > 0) run->scope_.after = *after;
  }
  run->lines_ = lines_of(options.subject, run->scope_);
  return run;
}

Result<void> ExportRun::renew_snapshot() {
  snapshot_.reset();
  auto taken = store_->snapshot();
  if (!taken) return tl::unexpected(taken.error());
  snapshot_.emplace(*std::move(taken));
  auto rules = (*snapshot_)->setting("identifier_rules");
  if (!rules) return tl::unexpected(rules.error());
  if (!rules_.empty() && *rules != rules_) {
    return failure(ErrorCode::storage, "the identifier rules have changed meanwhile; export again");
  }
  rules_ = *std::move(rules);
  snapshot_taken_ = std::chrono::steady_clock::now();
  return {};
}

Result<bool> ExportRun::next(std::string& piece) {
  const std::size_t before = piece.size();
  const auto began = std::chrono::steady_clock::now();
  while (part_ != Part::done && piece.size() - before < piece_bytes_) {
    const auto now = std::chrono::steady_clock::now();
    if (now - began > kExportPieceTime) break;
    if (now - snapshot_taken_ >= snapshot_age_max_) {
      if (auto done = renew_snapshot(); !done) return tl::unexpected(done.error());
      if (auto done = lines_->renew(**snapshot_); !done) return tl::unexpected(done.error());
    }
    auto more = step(piece);
    if (!more) return more;
  }
  return part_ != Part::done || piece.size() > before;
}

// Says a little more, or goes on to what comes next.
Result<bool> ExportRun::step(std::string& piece) {
  switch (part_) {
    case Part::heading:
      if (scope_.format == ExportFormat::csv) piece += lines_->heading();
      part_ = Part::profiles;
      return true;
    case Part::profiles: {
      if (in_profile_) {
        auto more = lines_->append(**snapshot_, piece);
        if (more) in_profile_ = *more;
        return more;
      }
      auto found = next_profile();
      if (found && !*found) part_ = Part::rest;
      return found;
    }
    case Part::rest: {
      auto more = lines_->append_rest(**snapshot_, piece);
      if (more && !*more) part_ = Part::done;
      return more;
    }
    case Part::done: break;
  }
  return false;
}

Result<bool> ExportRun::next_profile() {
  if (at_ == page_.size()) {
    auto page = (*snapshot_)->profiles().list(last_id_, scope_.after.value_or(0), kExportProfilesPage);
    if (!page) return tl::unexpected(page.error());
    page_ = *std::move(page);
    at_ = 0;
    if (page_.empty()) return false;
  }
  const ProfileRows::Listed& profile = page_[at_++];
  last_id_ = profile.public_id;
  in_profile_ = true;
  if (auto done = lines_->open(**snapshot_, profile); !done) return tl::unexpected(done.error());
  return true;
}

double ExportRun::progress() const {
  if (part_ == Part::rest || part_ == Part::done) return 1;
  constexpr std::size_t kDigits = 6;  // of 24 hexadecimal ones, evenly spread
  std::uint32_t reached = 0;
  const std::string_view digits = std::string_view(last_id_).substr(0, kDigits);
  std::from_chars(digits.data(), digits.data() + digits.size(), reached, 16);
  return reached / static_cast<double>(1U << (4 * kDigits));
}

Result<std::string> write_export(ExportRun& run, const ExportSink& sink,
                                 const std::function<void(double)>& progress) {
  std::string piece;
  while (true) {
    piece.clear();
    auto more = run.next(piece);
    if (!more) return tl::unexpected(more.error());
    if (!*more) break;
    if (auto done = sink(piece); !done) return tl::unexpected(done.error());
    if (progress) progress(run.progress());
  }
  return run.cursor();
}

}  // namespace desirepath::collector
