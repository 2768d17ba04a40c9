#include "collector/http/rate_limiter.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <mutex>
#include <vector>

#include "collector/http/limits.hpp"

namespace desirepath::collector {
namespace {

constexpr double kBurstSeconds = 2;
constexpr std::size_t kWays = 8;

std::uint64_t mix(std::uint64_t x) {
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
  return x ^ (x >> 31);
}

std::uint64_t hash_of(const NetworkAddress& address) {
  std::uint64_t halves[2];
  std::memcpy(halves, address.bytes.data(), sizeof halves);
  return mix(halves[0] + mix(halves[1] + 0x9e3779b97f4a7c15ULL));
}

}  // namespace

// A fixed table. A sender has a set of eight places; where they are taken the one that was silent longest
// goes, and with it what it had used up: at most too little is refused, never too much.
class RateLimiter::Buckets {
 public:
  explicit Buckets(std::int64_t rate) : rate_(static_cast<double>(rate)) {}

  bool take(std::uint64_t sender, Clock::time_point now) {
    if (rate_ <= 0) return true;
    const std::lock_guard lock(mutex_);
    if (sets_.empty()) sets_.resize(kRateBuckets / kWays);
    Bucket& bucket = find(sets_[sender % sets_.size()], sender, now);
    const double elapsed = std::chrono::duration<double>(now - bucket.filled).count();
    bucket.tokens = std::min(rate_ * kBurstSeconds, bucket.tokens + std::max(0.0, elapsed) * rate_);
    bucket.filled = now;
    if (bucket.tokens < 1) return false;
    bucket.tokens -= 1;
    return true;
  }

 private:
  struct Bucket {
    std::uint64_t sender = 0;
    double tokens = 0;
    Clock::time_point filled{};  // the epoch: nobody's
  };
  using Set = std::array<Bucket, kWays>;

  Bucket& find(Set& set, std::uint64_t sender, Clock::time_point now) {
    Bucket* oldest = &set[0];
    for (Bucket& bucket : set) {
      if (bucket.sender == sender && bucket.filled != Clock::time_point()) return bucket;
      if (bucket.filled < oldest->filled) oldest = &bucket;
    }
    *oldest = {sender, rate_ * kBurstSeconds, now};
    return *oldest;
  }

  const double rate_;
  std::mutex mutex_;
  std::vector<Set> sets_;
};

RateLimiter::RateLimiter(const RateLimits& limits)
    : keys_(std::make_unique<Buckets>(limits.per_key)),
      addresses_(std::make_unique<Buckets>(limits.per_address)) {}
RateLimiter::~RateLimiter() = default;

bool RateLimiter::take_for_key(std::int64_t key_id, Clock::time_point now) {
  return keys_->take(mix(static_cast<std::uint64_t>(key_id)), now);
}

bool RateLimiter::take_for_address(const NetworkAddress& address, Clock::time_point now) {
  if (is_loopback(address)) return true;
  return addresses_->take(hash_of(sender_of(address)), now);
}

}  // namespace desirepath::collector
