#include "collector/ops/health.hpp"

#include <fstream>
#include <string>

#include "collector/store/sync_directory.hpp"

namespace desirepath::collector {
namespace {

constexpr std::chrono::seconds kAnswerServes{1};

}  // namespace

Result<void> Health::check() {
  const std::lock_guard lock(mutex_);
  const auto now = std::chrono::steady_clock::now();
  if (!answer_ || now - answered_ >= kAnswerServes) {
    answer_ = write_and_read();
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
