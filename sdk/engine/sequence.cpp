#include "sdk/engine/sequence.hpp"

namespace desirepath {

using format::BehaviorRecord;
using format::Range;
using format::SequenceStepRecord;

namespace {

constexpr std::size_t kCountBytes = 4;

bool is_step(const Scope& scope, std::uint32_t step) noexcept {
  const SequenceStepRecord& record = scope.program.sequence_steps()[step];
  return scope.program.string(record.event) == scope.event->name && holds_optional(scope, record.where);
}

bool is_any(const Scope& scope, Range steps) noexcept {
  for (std::uint32_t i = steps.begin; i < steps.end; ++i) {
    if (is_step(scope, i)) return true;
  }
  return false;
}

// Times by step: when the match that came so far began, +1.
std::uint8_t* start_of(MutablePayload record, std::uint32_t step) noexcept {
  return record.data() + kCountBytes + step * kTimeBytes;
}

void forget_matches(MutablePayload record) noexcept {
  std::memset(start_of(record, 0), 0, record.size() - kCountBytes);
}

void complete(MutablePayload record) noexcept {
  const std::uint32_t count = load<std::uint32_t>(record.data());
  if (count != UINT32_MAX) store(record.data(), count + 1);
  forget_matches(record);
}

}  // namespace

std::size_t sequence_bytes(const BehaviorRecord& behavior) noexcept {
  return kCountBytes + (behavior.steps.end - behavior.steps.begin - 1) * kTimeBytes;
}

BehaviorReading read_sequence(const BehaviorRecord& behavior, Payload record) noexcept {
  if (record.size() != sequence_bytes(behavior)) return {Value::of(0.0)};
  return {Value::of(static_cast<double>(load<std::uint32_t>(record.data())))};
}

void update_sequence(const Scope& scope, State& state, const BehaviorRecord& behavior) noexcept {
  const std::size_t bytes = sequence_bytes(behavior);
  MutablePayload record = state.find(behavior.key, Family::behavior);
  const bool begins = is_step(scope, behavior.steps.begin);
  if (record.size() != bytes) {
    if (!begins) return;
    state.erase(behavior.key, Family::behavior);
    record = state.resize(behavior.key, Family::behavior, bytes);
    if (!record) return;
  }
  if (is_any(scope, behavior.breakers)) forget_matches(record);

  const std::uint32_t last = behavior.steps.end - behavior.steps.begin - 1;
  for (std::uint32_t step = last; step > 0; --step) {
    const std::int64_t start_plus_one = load_time(start_of(record, step - 1));
    const bool is_late = behavior.within_ms != 0 && start_plus_one <= scope.time_ms - behavior.within_ms + 1;
    if (start_plus_one == 0 || is_late || !is_step(scope, behavior.steps.begin + step)) continue;
    if (step == last) return complete(record);
    store_time(start_of(record, step), start_plus_one);
  }
  if (begins) store_time(start_of(record, 0), scope.time_ms + 1);
}

}  // namespace desirepath
