// Who has been erased: an event of theirs from before is never taken in again.
//
// A tombstone is a keyed hash of one identifier with the time of its erasure; the key is the data directory's
// own. Nothing tells who it was, but that an identifier that comes in is the same.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "collector/error.hpp"
#include "collector/identity/event_identity.hpp"

namespace desirepath::collector {

using KeyedHash = std::array<std::uint8_t, 16>;

// HMAC-SHA-256 of the identifier's public id, cut.
KeyedHash keyed_hash(const std::string& key, const Identifier& identifier);

// Thread-safe.
class Tombstones {
 public:
  // Once, before anything else.
  void begin(std::string key) { key_ = std::move(key); }

  KeyedHash hash(const Identifier& identifier) const { return keyed_hash(key_, identifier); }
  void add(const KeyedHash& hash, std::int64_t erased_at_ms);

  // False for what happened, and came in, after every erasure: almost all there is.
  bool may_precede(std::int64_t timestamp_ms, std::int64_t received_at_ms) const {
    return std::min(timestamp_ms, received_at_ms) <= latest_ms_.load(std::memory_order_acquire);
  }
  // Whether one of the event's identifiers was erased when it had happened, or had come in.
  bool covers(const EventIdentity& identity, std::int64_t timestamp_ms, std::int64_t received_at_ms) const;

 private:
  bool covers(const Identifier& identifier, std::int64_t time_ms) const;

  std::string key_;
  std::atomic<std::int64_t> latest_ms_ = INT64_MIN;
  mutable std::mutex mutex_;
  std::map<KeyedHash, std::int64_t> erased_at_ms_;
};

}  // namespace desirepath::collector
