// A bounded memory of what was stored lately, to tell a sender how much of its batch was sent before.
// Counting only: the fold decides exactly, and everything is stored whatever this says.
#pragma once

#include <cstdint>
#include <mutex>
#include <string_view>
#include <unordered_set>

namespace desirepath::collector {

class RecentEvents {
 public:
  // `seed` keeps outsiders from choosing ids that look alike.
  explicit RecentEvents(std::uint64_t seed) : seed_(seed) {}

  std::uint64_t key(std::string_view stream, std::string_view message_id) const;
  // Whether `key` was added lately. Thread-safe.
  bool contains(std::uint64_t key) const;
  void add(std::uint64_t key);

 private:
  const std::uint64_t seed_;
  mutable std::mutex mutex_;
  std::unordered_set<std::uint64_t> young_;  // when full it becomes the old one, and the old one goes
  std::unordered_set<std::uint64_t> old_;
};

}  // namespace desirepath::collector
