#include "sdk/engine/candidates.hpp"

namespace desirepath {

using namespace format;

void Candidates::add_waits(const State& state, std::int64_t due_ms) noexcept {
  waits_in_ = &state;
  due_ms_ = due_ms;
  waiting_ = find_due_wait(program_, state, due_ms, 0);
}

Candidate Candidates::next() noexcept {
  std::uint32_t best = 0;
  std::uint32_t rank = ranks_[0];
  for (std::uint32_t i = 1; i < count_; ++i) {
    if (ranks_[i] >= rank) continue;
    best = i;
    rank = ranks_[i];
  }
  if (waiting_ >= 0) {
    const TriggerRecord& trigger = program_.triggers()[static_cast<std::uint32_t>(waiting_)];
    if (count_ == 0 || trigger.rank < rank) {
      const Candidate candidate{waiting_, anchor_of_wait(*waits_in_, trigger), true};
      waiting_ = find_due_wait(program_, *waits_in_, due_ms_, trigger.rank + 1);
      return candidate;
    }
  }
  if (count_ == 0) return {};
  List& list = lists_[best];
  const Candidate candidate{program_.list(list.triggers.begin++), list.anchor, false};
  if (list.triggers.begin == list.triggers.end) {
    list = lists_[--count_];
    ranks_[best] = ranks_[count_];
  } else {
    ranks_[best] = rank_at(list.triggers.begin);
  }
  return candidate;
}

}  // namespace desirepath
