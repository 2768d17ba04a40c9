// Live events to whoever watches: each watcher has a bounded queue; a slow one loses the oldest and is told
// how many.
//
// Ids are `<cursor>.<number>`. As long as somebody watches, and a minute beyond, the newest are kept: who
// comes back with the last id they saw goes on behind it, or is told by a `gap` that they cannot.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
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
  EventStream();
  // rate_limited when kStreamsMax watch already. The watcher is gone when the pointer is. `last_id` is of the
  // last event it has seen, empty for none.
  Result<std::shared_ptr<StreamClient>> watch(std::string_view last_id = {});
  // Whether somebody watches, or may come back to what was published since. Where nobody does, nothing that
  // is published is kept, and nothing need be.
  bool is_watched();
  void publish(const FoldedEvent& event);
  // Ends all streams and takes no new ones.
  void close();

 private:
  struct Kept {
    std::string id;
    std::shared_ptr<const std::string> text;
  };
  // With the mutex held.
  bool is_watched_now();
  void keep(std::string id, std::shared_ptr<const std::string> text);
  void resume(StreamClient& client, std::string_view last_id) const;

  std::mutex mutex_;
  std::vector<std::weak_ptr<StreamClient>> clients_;
  std::deque<Kept> kept_;
  std::size_t kept_bytes_ = 0;
  std::uint64_t numbered_;  // of the last event; begins beyond what an earlier process can have come to
  std::optional<std::chrono::steady_clock::time_point> watched_at_;
  bool closed_ = false;
};

}  // namespace desirepath::collector
