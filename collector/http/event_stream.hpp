// Live events to whoever watches: each watcher has a bounded queue; a slow one loses the oldest and is told
// how many.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "collector/error.hpp"
#include "collector/fold/fold.hpp"

namespace desirepath::collector {

// One watcher's end. Thread-safe.
class StreamClient {
 public:
  // Waits for what is next, as text of an event stream; a comment when nothing came for `quiet`. None when
  // the stream has ended.
  std::optional<std::string> next(std::chrono::milliseconds quiet);
  void push_or_drop_oldest(std::shared_ptr<const std::string> text);
  void end();

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::shared_ptr<const std::string>> waiting_;
  std::size_t waiting_bytes_ = 0;
  std::size_t dropped_ = 0;
  bool begun_ = false;
  bool ended_ = false;
};

// Thread-safe.
class EventStream {
 public:
  // rate_limited when kStreamsMax watch already. The watcher is gone when the pointer is.
  Result<std::shared_ptr<StreamClient>> watch();
  void publish(const FoldedEvent& event);
  // Ends all streams and takes no new ones.
  void close();

 private:
  std::mutex mutex_;
  std::vector<std::weak_ptr<StreamClient>> clients_;
  bool closed_ = false;
};

}  // namespace desirepath::collector
