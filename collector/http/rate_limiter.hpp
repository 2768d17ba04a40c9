// How many requests a second one sender may make. Token buckets: a bucket holds two seconds' worth and fills
// at its rate, so a burst after silence is served. Thread-safe, memory bounded.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>

#include "collector/http/address_range.hpp"

namespace desirepath::collector {

struct RateLimits {
  std::int64_t per_key = 0;      // requests a second of one key; 0: no limit
  std::int64_t per_address = 0;  // of one address that shows no key of a server, likewise
};

class RateLimiter {
 public:
  using Clock = std::chrono::steady_clock;
  explicit RateLimiter(const RateLimits& limits);
  ~RateLimiter();

  // Takes one token; false where there is none left.
  bool take_for_key(std::int64_t key_id, Clock::time_point now);
  // Loopback has no limit: who is on this machine is the operator, or a proxy that was not named as such.
  bool take_for_address(const NetworkAddress& address, Clock::time_point now);

 private:
  class Buckets;
  std::unique_ptr<Buckets> keys_;
  std::unique_ptr<Buckets> addresses_;
};

}  // namespace desirepath::collector
