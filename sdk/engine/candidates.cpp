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
  for (std::uint32_t i = 1; i < count_; ++i) {
    if (lists_[i].rank < lists_[best].rank) best = i;
  }
  if (waiting_ >= 0) {
    const TriggerRecord& trigger = program_.triggers()[static_cast<std::uint32_t>(waiting_)];
    if (count_ == 0 || trigger.rank < lists_[best].rank) {
      const Candidate candidate{waiting_, anchor_of_wait(*waits_in_, trigger), true};
      waiting_ = find_due_wait(program_, *waits_in_, due_ms_, trigger.rank + 1);
      return candidate;
    }
  }
  if (count_ == 0) return {};
  Head& head = lists_[best];
  const Candidate candidate{program_.list(head.list.begin++), head.anchor, false};
  if (head.list.begin == head.list.end) {
    head = lists_[--count_];
  } else {
    head.rank = rank_at(head.list.begin);
  }
  return candidate;
}

}  // namespace desirepath
