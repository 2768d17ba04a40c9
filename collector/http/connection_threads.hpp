// Threads for connections, as many as there are connections to serve, up to a limit. A connection holds its
// thread also while it is silent, so no fixed small number would do; threads that idle go.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>

namespace desirepath::collector {

class ConnectionThreads {
 public:
  struct Limits {
    std::size_t threads_max;
    std::size_t threads_kept;
    std::size_t waiting_max;
  };
  explicit ConnectionThreads(Limits limits) : limits_(limits) {}
  ~ConnectionThreads() { finish(); }
  ConnectionThreads(const ConnectionThreads&) = delete;
  ConnectionThreads& operator=(const ConnectionThreads&) = delete;

  // False when too many wait already.
  bool enqueue(std::function<void()> job);
  // Does what is enqueued, then waits for all threads to end.
  void finish();
  std::size_t threads() const;

 private:
  void work();
  bool start_thread();

  const Limits limits_;
  mutable std::mutex mutex_;
  std::condition_variable job_came_;
  std::condition_variable thread_went_;
  std::deque<std::function<void()>> jobs_;
  std::size_t threads_ = 0;
  std::size_t idle_ = 0;
  bool finishing_ = false;
};

}  // namespace desirepath::collector
