// A bounded memory of what was stored lately, to tell a sender how much of its batch was sent before.
// Counting only: the fold decides exactly, and everything is stored whatever this says.
#pragma once

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <span>
#include <string_view>
#include <vector>

namespace desirepath::collector {

// Remembers between kRecentEventsMax and twice as many. Thread-safe.
class RecentEvents {
 public:
  // `seed` keeps outsiders from choosing ids that look alike.
  explicit RecentEvents(std::uint64_t seed) : seed_(seed) {}

  // What stands for an event here; never 0.
  std::uint64_t key(std::string_view stream, std::string_view message_id) const;
  // How many of the keys were added lately, or come twice among them.
  std::size_t count_known(std::span<const std::uint64_t> keys) const;
  void add(std::span<const std::uint64_t> keys);

 private:
  // A set with room for kRecentEventsMax; empty and without memory at first.
  class Generation {
   public:
    bool contains(std::uint64_t key) const;
    void insert(std::uint64_t key);
    bool is_full() const;

   private:
    std::size_t slot_of(std::uint64_t key) const;
    std::vector<std::uint64_t> slots_;  // 0: free
    std::size_t size_ = 0;
  };

  const std::uint64_t seed_;
  mutable std::mutex mutex_;
  Generation young_;  // when full it becomes the old one, and the old one goes
  Generation old_;
};

}  // namespace desirepath::collector
