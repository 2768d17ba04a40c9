#include "sdk/engine/trigger.hpp"

#include "sdk/engine/bytes.hpp"

namespace desirepath {

using namespace format;

namespace {

// Lists of triggers, each sorted by rank, read as one list in order of rank.
class RankedLists {
 public:
  explicit RankedLists(const Program& program) : program_(program) {}

  void add(Range list) noexcept {
    if (list.begin < list.end) lists_[count_++] = {list, rank_at(list.begin)};
  }

  // The next trigger, or -1.
  std::int64_t next() noexcept {
    if (count_ == 0) return -1;
    std::uint32_t best = 0;
    for (std::uint32_t i = 1; i < count_; ++i) {
      if (lists_[i].rank < lists_[best].rank) best = i;
    }
    Head& head = lists_[best];
    const std::uint32_t trigger = program_.list(head.list.begin++);
    if (head.list.begin == head.list.end) {
      head = lists_[--count_];
    } else {
      head.rank = rank_at(head.list.begin);
    }
    return trigger;
  }

 private:
  struct Head {
    Range list;
    std::uint32_t rank;
  };

  std::uint32_t rank_at(std::uint32_t at) const noexcept {
    return program_.triggers()[program_.list(at)].rank;
  }

  const Program& program_;
  Head lists_[kIndexesPerEventMax + 1];
  std::uint32_t count_ = 0;
};

Range find_bucket(const Program& program, const IndexRecord& index, std::string_view text) noexcept {
  const std::uint32_t hash = fnv1a(text);
  std::uint32_t low = index.buckets.begin;
  std::uint32_t high = index.buckets.end;
  while (low < high) {
    const std::uint32_t middle = low + (high - low) / 2;
    if (program.buckets()[middle].hash < hash) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  if (low == index.buckets.end || program.buckets()[low].hash != hash) return {0, 0};
  return program.buckets()[low].triggers;
}

constexpr std::size_t kWaitHead = kTimeBytes;  // due; then the anchor's messageId

bool arm(const Scope& scope, State& state, const TriggerRecord& trigger) noexcept {
  const std::string_view anchor = scope.event->message_id;
  const MutablePayload record = state.resize(trigger.key, Family::wait, kWaitHead + anchor.size());
  if (!record) return false;
  const std::int64_t due_ms = scope.time_ms + trigger.wait_ms;
  store_time(record.data(), due_ms < kTimeMaxMs ? due_ms : kTimeMaxMs);
  std::memcpy(&record[kWaitHead], anchor.data(), anchor.size());
  return true;
}

}  // namespace

void fire_on_event(const Scope& scope, const EventRecord& event, Arbitration& arbitration) noexcept {
  const Program& program = scope.program;
  RankedLists candidates(program);
  candidates.add(event.triggers);
  for (std::uint32_t i = event.indexes.begin; i < event.indexes.end; ++i) {
    const IndexRecord& index = program.indexes()[i];
    const Value value = fact_value(scope, index.fact, index.path);
    if (value.is_string()) candidates.add(find_bucket(program, index, value.text()));
  }
  for (std::int64_t next = candidates.next(); next >= 0; next = candidates.next()) {
    const auto trigger = static_cast<std::uint32_t>(next);
    const TriggerRecord& record = program.triggers()[trigger];
    if (holds_optional(scope, record.where) && holds_optional(scope, record.when)) {
      arbitration.decide(trigger, scope.event->message_id, false);
    }
  }
}

bool update_waits(const Scope& scope, State& state, const EventRecord& event) noexcept {
  bool changed = false;
  for (std::uint32_t i = event.cancels.begin; i < event.cancels.end; ++i) {
    const CancelRecord& cancel = scope.program.cancels()[scope.program.list(i)];
    if (!holds_optional(scope, cancel.where)) continue;
    state.erase(scope.program.triggers()[cancel.trigger].key, Family::wait);
    changed = true;
  }
  for (std::uint32_t i = event.arms.begin; i < event.arms.end; ++i) {
    const TriggerRecord& trigger = scope.program.triggers()[scope.program.list(i)];
    if (!holds_optional(scope, trigger.where)) continue;
    state.erase(trigger.key, Family::wait);
    if (holds_optional(scope, trigger.arm_when)) arm(scope, state, trigger);
    changed = true;
  }
  return changed;
}

void fire_waits(const Program& program, State& state, std::int64_t due_ms, Effects effects, ZoneTable zones,
                Outcome& outcome) noexcept {
  const Scope scope{program, state, nullptr, due_ms, zones};
  Arbitration arbitration(scope, state, effects, outcome);
  for (std::uint32_t i = 0; i < program.waiting().size(); ++i) {
    const std::uint32_t index = program.waiting()[i];
    const TriggerRecord& trigger = program.triggers()[index];
    const Payload wait = state.find(trigger.key, Family::wait);
    if (wait.size() < kWaitHead || load_time(wait.data()) != due_ms) continue;
    const std::string_view anchor =
        outcome.keep_anchor(text_at(wait.data() + kWaitHead, wait.size() - kWaitHead));
    state.erase(trigger.key, Family::wait);
    if (holds_optional(scope, trigger.when)) arbitration.decide(index, anchor, true);
  }
  arbitration.finish();
  state.erase_waits_due(due_ms);
}

}  // namespace desirepath
