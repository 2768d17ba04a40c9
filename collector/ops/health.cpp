#include "collector/ops/health.hpp"

#include <fstream>
#include <string>

#include "collector/store/sync_directory.hpp"

namespace desirepath::collector {
namespace {

constexpr std::chrono::seconds kAnswerServes{1};
// One step is a batch of some thousand events, or the refold of one large profile: seconds at most.
constexpr std::chrono::seconds kFoldStuck{120};

}  // namespace

Result<void> Health::check_fold(const FoldProgress& progress, Clock::time_point now) {
  const bool moved = !progress.has_work || progress.steps != fold_steps_;
  if (moved || fold_moved_ == Clock::time_point()) fold_moved_ = now;
  fold_steps_ = progress.steps;
  const auto stands = std::chrono::duration_cast<std::chrono::seconds>(now - fold_moved_);
  if (stands < kFoldStuck) return {};
  return failure(ErrorCode::storage, "the fold has work and has not moved for " +
                                         std::to_string(stands.count()) + " s; the log says why");
}

Result<void> Health::check(const FoldProgress& progress, Clock::time_point now) {
  const std::lock_guard lock(mutex_);
  if (!answer_ || now - answered_ >= kAnswerServes) {
    answer_ = write_and_read();
    if (*answer_) answer_ = check_fold(progress, now);
    answered_ = now;
  }
  return *answer_;
}

Result<void> Health::write_and_read() {
  const std::string content = std::to_string(++count_) + "\n";
  if (auto written = replace_file(file_, content); !written) return written;
  std::ifstream in(file_, std::ios::binary);
  const std::string read((std::istreambuf_iterator<char>(in)), {});
  if (read != content)
    return failure(ErrorCode::io, file_.string() + ": what was written cannot be read back");
  return {};
}

}  // namespace desirepath::collector
