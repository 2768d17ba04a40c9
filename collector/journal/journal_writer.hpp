// The one thread that writes the journal: gathers the appends that wait, commits them together, answers each.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "collector/error.hpp"
#include "collector/journal/journal_files.hpp"
#include "collector/journal/position_ledger.hpp"

namespace desirepath::collector {

class JournalWriter {
 public:
  // `files` must outlive the writer.
  static Result<std::unique_ptr<JournalWriter>> start(JournalFiles& files, JournalOptions options);
  ~JournalWriter();  // commits what waits, then joins
  JournalWriter(const JournalWriter&) = delete;
  JournalWriter& operator=(const JournalWriter&) = delete;

  Result<Cursor> append(std::vector<std::uint8_t> bytes);
  void rotate();
  bool wait_beyond(std::uint64_t position, std::chrono::milliseconds timeout);
  std::uint64_t head() const { return head_.load(std::memory_order_acquire); }

 private:
  using Clock = std::chrono::steady_clock;
  struct Waiting;

  JournalWriter(JournalFiles& files, JournalOptions options, PositionLedger ledger);
  void run();
  std::vector<Waiting*> take_group();
  void commit_group(const std::vector<Waiting*>& group);
  Result<std::uint64_t> write(const std::vector<Waiting*>& group);
  Result<void> ensure_file(std::uint64_t first);
  void close_file();
  void close_as_asked();
  void publish(std::uint64_t position);

  JournalFiles& files_;
  const JournalOptions options_;

  // The writer thread's own.
  PositionLedger ledger_;
  std::optional<JournalFile> file_;
  std::uint64_t file_bytes_ = 0;
  Clock::time_point file_deadline_{};
  Clock::time_point closed_until_{};  // after a failure

  std::mutex queue_mutex_;
  std::condition_variable queue_changed_;
  std::deque<Waiting*> queue_;
  std::size_t queue_bytes_ = 0;
  bool stopping_ = false;
  std::uint64_t rotations_asked_ = 0;
  std::uint64_t rotations_done_ = 0;
  std::condition_variable rotated_;

  std::atomic<std::uint64_t> head_{0};
  std::mutex head_mutex_;
  std::condition_variable head_changed_;

  std::thread thread_;
};

}  // namespace desirepath::collector
