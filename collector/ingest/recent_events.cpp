#include "collector/ingest/recent_events.hpp"

#include "collector/ingest/limits.hpp"

namespace desirepath::collector {
namespace {

std::uint64_t mix(std::uint64_t value) {
  value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9u;
  value = (value ^ (value >> 27)) * 0x94d049bb133111ebu;
  return value ^ (value >> 31);
}

std::uint64_t hash(std::uint64_t seed, std::string_view text) {
  std::uint64_t value = seed ^ text.size();
  for (const char c : text) value = (value ^ static_cast<std::uint8_t>(c)) * 0x100000001b3u;
  return mix(value);
}

}  // namespace

std::uint64_t RecentEvents::key(std::string_view stream, std::string_view message_id) const {
  return hash(hash(seed_, stream), message_id);
}

bool RecentEvents::contains(std::uint64_t key) const {
  const std::lock_guard lock(mutex_);
  return young_.contains(key) || old_.contains(key);
}

void RecentEvents::add(std::uint64_t key) {
  const std::lock_guard lock(mutex_);
  if (young_.size() >= kRecentEventsMax) {
    old_ = std::move(young_);
    young_.clear();
  }
  young_.insert(key);
}

}  // namespace desirepath::collector
