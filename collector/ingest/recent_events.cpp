#include "collector/ingest/recent_events.hpp"

#include <algorithm>
#include <utility>

#include "collector/ingest/limits.hpp"

namespace desirepath::collector {
namespace {

constexpr std::size_t kSlots = kRecentEventsMax * 2;  // a power of two

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

bool RecentEvents::Generation::is_full() const {
  return size_ >= kRecentEventsMax;
}

// Where the key is, or the free place where it would be.
std::size_t RecentEvents::Generation::slot_of(std::uint64_t key) const {
  std::size_t slot = key & (kSlots - 1);
  while (slots_[slot] != 0 && slots_[slot] != key) slot = (slot + 1) & (kSlots - 1);
  return slot;
}

bool RecentEvents::Generation::contains(std::uint64_t key) const {
  return !slots_.empty() && slots_[slot_of(key)] == key;
}

void RecentEvents::Generation::insert(std::uint64_t key) {
  if (slots_.empty()) slots_.resize(kSlots);
  std::uint64_t& slot = slots_[slot_of(key)];
  if (slot == key) return;
  slot = key;
  ++size_;
}

std::uint64_t RecentEvents::key(std::string_view stream, std::string_view message_id) const {
  const std::uint64_t key = hash(hash(seed_, stream), message_id);
  return key == 0 ? 1 : key;
}

std::size_t RecentEvents::count_known(std::span<const std::uint64_t> keys) const {
  std::vector<std::uint64_t> seen;
  seen.reserve(keys.size());
  std::size_t known = 0;
  {
    const std::lock_guard lock(mutex_);
    for (const std::uint64_t key : keys) {
      if (young_.contains(key) || old_.contains(key)) {
        ++known;
      } else {
        seen.push_back(key);
      }
    }
  }
  std::sort(seen.begin(), seen.end());
  const auto last = std::unique(seen.begin(), seen.end());
  return known + static_cast<std::size_t>(seen.end() - last);
}

void RecentEvents::add(std::span<const std::uint64_t> keys) {
  const std::lock_guard lock(mutex_);
  for (const std::uint64_t key : keys) {
    if (young_.contains(key)) continue;
    if (young_.is_full()) old_ = std::exchange(young_, Generation());
    young_.insert(key);
  }
}

}  // namespace desirepath::collector
