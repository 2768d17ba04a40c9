// Whether the collector can do its work: asked often, so an answer serves for a second.
#pragma once

#include <chrono>
#include <filesystem>
#include <mutex>
#include <optional>

#include "collector/error.hpp"

namespace desirepath::collector {

// Where the fold is.
struct FoldProgress {
  bool has_work = false;    // the journal holds what is not folded
  std::uint64_t steps = 0;  // any number that changes when it gets on
};

class Health {
 public:
  using Clock = std::chrono::steady_clock;
  explicit Health(std::filesystem::path data_directory) : file_(std::move(data_directory) / "health") {}

  // Writes into the data directory, syncs, reads back, and looks whether the fold moves. Thread-safe.
  Result<void> check(const FoldProgress& progress, Clock::time_point now = Clock::now());

 private:
  Result<void> write_and_read();
  Result<void> check_fold(const FoldProgress& progress, Clock::time_point now);

  const std::filesystem::path file_;
  std::mutex mutex_;
  std::optional<Result<void>> answer_;
  Clock::time_point answered_{};
  std::uint64_t count_ = 0;
  std::uint64_t fold_steps_ = 0;
  Clock::time_point fold_moved_{};  // when it was last seen to move, or to have no work
};

}  // namespace desirepath::collector
