// Keeps a file's write-ahead log short. Most of it is written back from a thread of its own while the writer
// goes on; what is left when the log has become long is written back by the writer between two transactions,
// after which the log begins anew.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <thread>

#include "collector/error.hpp"
#include "collector/store/connection.hpp"

namespace desirepath::collector {

struct CheckpointBounds {
  std::int64_t pages_behind;  // new pages in the log before they are written back beside the writer
  std::int64_t pages_long;    // length of the log at which the writer waits for the rest
};

class Checkpointer {
 public:
  // The file exists and has a writer without checkpoints of its own (`autocheckpoint_pages` 0).
  static Result<std::unique_ptr<Checkpointer>> start(const std::filesystem::path& file,
                                                     CheckpointBounds bounds);
  ~Checkpointer();
  Checkpointer(const Checkpointer&) = delete;
  Checkpointer& operator=(const Checkpointer&) = delete;

  // The writer's part, after each commit and outside of a transaction. A checkpoint that fails (a full disk,
  // a reader that holds an old snapshot) leaves the log long, and nothing is lost.
  void committed(Connection& writer);

 private:
  Checkpointer(Connection connection, CheckpointBounds bounds);
  void run();

  Connection connection_;
  const CheckpointBounds bounds_;
  std::int64_t pages_asked_ = 0;  // the writer's: length of the log when it last asked

  std::mutex checkpoint_;  // held while one is made
  std::mutex mutex_;
  std::condition_variable changed_;
  bool asked_ = false;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace desirepath::collector
