#include "collector/http/connection_threads.hpp"

#include <system_error>
#include <thread>

#include "collector/http/limits.hpp"

namespace desirepath::collector {

// With the mutex held. False when the system gives no thread.
bool ConnectionThreads::start_thread() {
  try {
    std::thread([this] { work(); }).detach();
  } catch (const std::system_error&) {
    return false;
  }
  ++threads_;
  return true;
}

bool ConnectionThreads::enqueue(std::function<void()> job) {
  {
    const std::lock_guard lock(mutex_);
    if (finishing_ || jobs_.size() >= limits_.waiting_max) return false;
    // One idle thread for each job that waits: none may depend on a thread that somebody else holds.
    const bool enough = idle_ > jobs_.size();
    if (!enough && threads_ < limits_.threads_max && !start_thread() && threads_ == 0) return false;
    jobs_.push_back(std::move(job));
  }
  job_came_.notify_one();
  return true;
}

void ConnectionThreads::finish() {
  std::unique_lock lock(mutex_);
  finishing_ = true;
  job_came_.notify_all();
  thread_went_.wait(lock, [&] { return threads_ == 0; });
}

std::size_t ConnectionThreads::threads() const {
  const std::lock_guard lock(mutex_);
  return threads_;
}

void ConnectionThreads::work() {
  std::unique_lock lock(mutex_);
  for (;;) {
    ++idle_;
    const bool came =
        job_came_.wait_for(lock, kConnectionThreadIdle, [&] { return finishing_ || !jobs_.empty(); });
    --idle_;
    if (!jobs_.empty()) {
      const std::function<void()> job = std::move(jobs_.front());
      jobs_.pop_front();
      lock.unlock();
      job();
      lock.lock();
    } else if (finishing_ || (!came && threads_ > limits_.threads_kept)) {
      break;
    }
  }
  --threads_;
  // Notified under the lock: afterwards this object may be gone.
  thread_went_.notify_all();
}

}  // namespace desirepath::collector
