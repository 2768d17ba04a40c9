// How many events each stream may have refolded: so many at once, and so many a second after that. A device
// that sends late events all day to a huge profile costs the others no more. Kept in memory alone: after a
// restart everybody may spend anew. One thread.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <unordered_map>

#include "collector/fold/limits.hpp"
#include "collector/fold/refold_bounds.hpp"

namespace desirepath::collector {

class RefoldBudget {
 public:
  explicit RefoldBudget(const RefoldBounds& bounds)
      : events_max_(static_cast<double>(bounds.stream_events_max)),
        events_per_ms_(static_cast<double>(bounds.stream_events_per_second) / 1'000) {}

  // When the stream may have a profile refolded, however large: `now_ms` for at once. Wall clock.
  std::int64_t ready_ms(const std::string& stream, std::int64_t now_ms) const {
    const auto known = accounts_.find(stream);
    const double left = known == accounts_.end() ? events_max_ : left_of(known->second, now_ms);
    return left > 0 ? now_ms : now_ms + 1 + static_cast<std::int64_t>(std::ceil(-left / events_per_ms_));
  }

  // What a refold has cost; it may leave a debt, which is waited out before the next.
  void spend(const std::string& stream, std::uint64_t events, std::int64_t now_ms) {
    if (accounts_.size() >= kRefoldAccountsMax) {
      std::erase_if(accounts_,
                    [&](const auto& entry) { return left_of(entry.second, now_ms) >= events_max_; });
      if (accounts_.size() >= kRefoldAccountsMax) accounts_.clear();
    }
    const auto [account, is_new] = accounts_.try_emplace(stream, Account{events_max_, now_ms});
    account->second = {left_of(account->second, now_ms) - static_cast<double>(events), now_ms};
  }

 private:
  struct Account {
    double left = 0;
    std::int64_t at_ms = 0;
  };
  double left_of(const Account& account, std::int64_t now_ms) const {
    const auto passed_ms = static_cast<double>(std::max<std::int64_t>(0, now_ms - account.at_ms));
    return std::min(events_max_, account.left + passed_ms * events_per_ms_);
  }

  double events_max_;
  double events_per_ms_;
  std::unordered_map<std::string, Account> accounts_;
};

}  // namespace desirepath::collector
