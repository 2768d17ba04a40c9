#include "collector/profile/tombstones.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>

namespace desirepath::collector {

KeyedHash keyed_hash(const std::string& key, const Identifier& identifier) {
  const std::string id = public_id(identifier);
  std::array<std::uint8_t, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
       reinterpret_cast<const unsigned char*>(id.data()), id.size(), digest.data(), &size);
  KeyedHash hash{};
  std::copy_n(digest.begin(), hash.size(), hash.begin());
  return hash;
}

void Tombstones::add(const KeyedHash& hash, std::int64_t erased_at_ms) {
  const std::lock_guard lock(mutex_);
  std::int64_t& at = erased_at_ms_.try_emplace(hash, erased_at_ms).first->second;
  at = std::max(at, erased_at_ms);
  latest_ms_.store(std::max(latest_ms_.load(std::memory_order_relaxed), erased_at_ms),
                   std::memory_order_release);
}

bool Tombstones::covers(const EventIdentity& identity, std::int64_t timestamp_ms,
                        std::int64_t received_at_ms) const {
  if (identity.is_nobody() || !may_precede(timestamp_ms, received_at_ms)) return false;
  const std::int64_t time_ms = std::min(timestamp_ms, received_at_ms);
  return covers(identity.stream, time_ms) || covers(identity.owner, time_ms) ||
         std::any_of(identity.others.begin(), identity.others.end(),
                     [&](const Identifier& other) { return covers(other, time_ms); });
}

bool Tombstones::covers(const Identifier& identifier, std::int64_t time_ms) const {
  const KeyedHash wanted = hash(identifier);
  const std::lock_guard lock(mutex_);
  const auto found = erased_at_ms_.find(wanted);
  return found != erased_at_ms_.end() && time_ms <= found->second;
}

}  // namespace desirepath::collector
