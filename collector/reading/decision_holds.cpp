#include "collector/reading/decision_holds.hpp"

#include "collector/reading/limits.hpp"

namespace desirepath::collector {

DecisionHolds::Holder DecisionHolds::take(const std::string& what, std::string_view decision_id,
                                          std::int64_t now_ms) {
  const std::lock_guard lock(mutex_);
  make_room(now_ms);
  const auto known = holds_.find(what);
  if (known != holds_.end() && known->second.until_ms > now_ms) return {known->second.decision_id, false};
  const std::int64_t until_ms = now_ms + kDecisionHoldMs;
  holds_.insert_or_assign(what, Hold{std::string(decision_id), until_ms});
  by_end_.emplace(until_ms, what);
  return {std::string(decision_id), true};
}

void DecisionHolds::release(const std::string& what, std::string_view decision_id) {
  const std::lock_guard lock(mutex_);
  const auto known = holds_.find(what);
  if (known != holds_.end() && known->second.decision_id == decision_id) holds_.erase(known);
}

// Forgets what has expired and, where that is not enough, what ends first.
void DecisionHolds::make_room(std::int64_t now_ms) {
  while (!by_end_.empty() && (by_end_.begin()->first <= now_ms || by_end_.size() >= kDecisionHoldsMax)) {
    const auto first = by_end_.begin();
    const auto known = holds_.find(first->second);
    if (known != holds_.end() && known->second.until_ms == first->first) holds_.erase(known);
    by_end_.erase(first);
  }
}

}  // namespace desirepath::collector
