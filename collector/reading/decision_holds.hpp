// What /v1/decide has handed to others to send, until they report it. Two that ask at once about one person
// must not both be told to contact them for one purpose: the first is told, the second held back, until a
// receipt says what became of it (from then on the caps count it) or half an hour has passed.
//
// Kept in memory: a restart forgets it, as it forgets who was asking.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

namespace desirepath::collector {

// Thread-safe.
class DecisionHolds {
 public:
  // The decisionId that has a hold, and whether it was taken just now.
  struct Holder {
    std::string decision_id;
    bool is_new = false;
  };
  // Takes the hold on `what` (of one person: a purpose, else a trigger) for the decision, where it is free or
  // has expired.
  Holder take(const std::string& what, std::string_view decision_id, std::int64_t now_ms);
  // Gives it up where that decision has it.
  void release(const std::string& what, std::string_view decision_id);

 private:
  struct Hold {
    std::string decision_id;
    std::int64_t until_ms = 0;
  };
  void make_room(std::int64_t now_ms);

  std::mutex mutex_;
  std::unordered_map<std::string, Hold> holds_;
  std::multimap<std::int64_t, std::string> by_end_;  // what was taken, by when it ends; some are gone already
};

}  // namespace desirepath::collector
