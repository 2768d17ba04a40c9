// Whether the collector can do its work: asked often, so an answer serves for a second.
#pragma once

#include <chrono>
#include <filesystem>
#include <mutex>
#include <optional>

#include "collector/error.hpp"

namespace desirepath::collector {

class Health {
 public:
  explicit Health(std::filesystem::path data_directory) : file_(std::move(data_directory) / "health") {}

  // Writes into the data directory, syncs, reads back. Thread-safe.
  Result<void> check();

 private:
  Result<void> write_and_read();

  const std::filesystem::path file_;
  std::mutex mutex_;
  std::optional<Result<void>> answer_;
  std::chrono::steady_clock::time_point answered_{};
  std::uint64_t count_ = 0;
};

}  // namespace desirepath::collector
