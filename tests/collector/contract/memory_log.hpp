// A log in memory: the second implementation that shows the contract to be one. What was appended outlives
// the object in the `Disk` it was opened on.
#pragma once

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "collector/journal/journal.hpp"

namespace desirepath::collector::tests {

class MemoryLog {
 public:
  struct Disk {
    std::map<std::uint64_t, AcceptedBatch> batches;
    std::uint64_t last = 0;
  };

  MemoryLog(Disk& disk, Cursor begin_after) : disk_(disk) {
    disk_.last = std::max(disk_.last, begin_after.position);
  }

  Result<Cursor> append(const AcceptedBatch& batch) {
    const std::lock_guard lock(mutex_);
    if (!batch.events.empty()) disk_.batches.emplace(++disk_.last, batch);
    appended_.notify_all();
    return Cursor{disk_.last};
  }
  Result<std::vector<JournaledBatch>> read_after(Cursor after, std::size_t batches_max) {
    const std::lock_guard lock(mutex_);
    std::vector<JournaledBatch> found;
    for (auto at = disk_.batches.upper_bound(after.position); at != disk_.batches.end(); ++at) {
      if (found.size() == batches_max) break;
      found.push_back({{at->first}, at->second});
    }
    return found;
  }
  bool wait_beyond(Cursor after, std::chrono::milliseconds timeout) {
    std::unique_lock lock(mutex_);
    return appended_.wait_for(lock, timeout, [&] { return disk_.last > after.position; });
  }
  Result<void> release(Cursor cursor) {
    const std::lock_guard lock(mutex_);
    disk_.batches.erase(disk_.batches.begin(), disk_.batches.upper_bound(cursor.position));
    return {};
  }
  Cursor head() const {
    const std::lock_guard lock(mutex_);
    return {disk_.last};
  }

 private:
  Disk& disk_;
  mutable std::mutex mutex_;
  std::condition_variable appended_;
};

}  // namespace desirepath::collector::tests
