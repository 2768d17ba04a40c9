#include "sdk/engine/behavior.hpp"

#include "sdk/engine/bytes.hpp"
#include "sdk/engine/number.hpp"
#include "sdk/engine/stored_value.hpp"

namespace desirepath {

using namespace format;

namespace {

constexpr std::size_t kPairBytes = kTimeBytes + sizeof(double);
constexpr std::size_t kWindowHead = 1;  // 1 once a pair was dropped that was still inside the window

// A windowed record is a head and entries of `entry_bytes` that begin with their time, oldest first.
std::size_t first_inside(Payload record, std::size_t entry_bytes, std::int64_t after_ms) noexcept {
  std::size_t at = kWindowHead;
  while (at + entry_bytes <= record.size() && load_time(&record[at]) <= after_ms) at += entry_bytes;
  return at;
}

BehaviorReading read_count(const BehaviorRecord& behavior, Payload record, std::int64_t time_ms) noexcept {
  if (behavior.within_ms == 0) {
    const double count = record.size() == 4 ? load<std::uint32_t>(record.data()) : 0;
    return {Value::of(count)};
  }
  if (record.size() < kWindowHead) return {Value::of(0.0)};
  const std::size_t at = first_inside(record, kTimeBytes, time_ms - behavior.within_ms);
  const auto count = static_cast<double>((record.size() - at) / kTimeBytes);
  return {Value::of(count), record[0] != 0 && at == kWindowHead};
}

BehaviorReading read_sum(const BehaviorRecord& behavior, Payload record, std::int64_t time_ms) noexcept {
  if (behavior.within_ms == 0) {
    return {Value::of(record.size() == sizeof(double) ? load<double>(record.data()) : 0.0)};
  }
  if (record.size() < kWindowHead) return {Value::of(0.0)};
  const std::size_t first = first_inside(record, kPairBytes, time_ms - behavior.within_ms);
  double sum = 0;
  for (std::size_t at = first; at + kPairBytes <= record.size(); at += kPairBytes) {
    sum += load<double>(&record[at + kTimeBytes]);
  }
  return {Value::of(sum), record[0] != 0 && first == kWindowHead};
}

BehaviorReading read_last(const BehaviorRecord& behavior, Payload record, std::int64_t time_ms) noexcept {
  if (record.size() < kTimeBytes) return {};
  const std::int64_t when_ms = load_time(record.data());
  if (behavior.within_ms != 0 && when_ms <= time_ms - behavior.within_ms) return {};
  if (behavior.fact == 0) return {Value::of(static_cast<double>(when_ms))};
  const StoredValue stored = read_stored_value(record, kTimeBytes);
  return {stored.value, stored.cut};
}

// Drops what left the window, and the oldest entries when `keep` or more are held (a state may come from a
// program that keeps more), then makes room for one more at the end. Null when the state is full.
std::uint8_t* append_entry(State& state, const BehaviorRecord& behavior, std::size_t entry_bytes,
                           std::int64_t time_ms) noexcept {
  const MutablePayload record = state.find(behavior.key, Family::behavior);
  std::size_t first = record.size() < kWindowHead
                          ? kWindowHead
                          : first_inside(record, entry_bytes, time_ms - behavior.within_ms);
  std::size_t held = record.size() < kWindowHead ? 0 : record.size() - first;
  bool dropped_inside = record.size() >= kWindowHead && record[0] != 0 && held != 0;
  const std::size_t room = (behavior.keep - 1) * entry_bytes;
  if (held > room) {
    first += held - room;
    held = room;
    dropped_inside = true;
  }
  if (held != 0) std::memmove(&record[kWindowHead], &record[first], held);
  const MutablePayload resized =
      state.resize(behavior.key, Family::behavior, kWindowHead + held + entry_bytes);
  if (!resized) return nullptr;
  resized[0] = dropped_inside ? 1 : 0;
  store_time(&resized[kWindowHead + held], time_ms);
  return &resized[kWindowHead + held];
}

void update_count(const BehaviorRecord& behavior, State& state, std::int64_t time_ms) noexcept {
  if (behavior.within_ms != 0) {
    append_entry(state, behavior, kTimeBytes, time_ms);
    return;
  }
  const MutablePayload record = state.resize(behavior.key, Family::behavior, 4);
  if (!record) return;
  const std::uint32_t count = load<std::uint32_t>(record.data());
  if (count != UINT32_MAX) store(record.data(), count + 1);
}

void update_sum(const BehaviorRecord& behavior, State& state, std::int64_t time_ms, double amount) noexcept {
  if (behavior.within_ms != 0) {
    std::uint8_t* entry = append_entry(state, behavior, kPairBytes, time_ms);
    if (entry != nullptr) store(entry + kTimeBytes, amount);
    return;
  }
  const MutablePayload record = state.resize(behavior.key, Family::behavior, sizeof(double));
  if (!record) return;
  const double sum = load<double>(record.data()) + amount;
  if (sum - sum == 0) store(record.data(), sum);
}

void update_last(const BehaviorRecord& behavior, State& state, std::int64_t time_ms,
                 const Value& value) noexcept {
  const std::size_t value_bytes = behavior.fact == 0 ? 0 : stored_value_bytes(value);
  const MutablePayload record = state.resize(behavior.key, Family::behavior, kTimeBytes + value_bytes);
  if (!record) return;
  store_time(record.data(), time_ms);
  if (behavior.fact != 0) write_stored_value(&record[kTimeBytes], value);
}

}  // namespace

BehaviorReading read_behavior(const Program& program, const State& state, std::uint32_t index,
                              std::int64_t time_ms) noexcept {
  const BehaviorRecord& behavior = program.behaviors()[index];
  const Payload record = state.find(behavior.key, Family::behavior);
  switch (static_cast<BehaviorKind>(behavior.kind)) {
    case BehaviorKind::count: return read_count(behavior, record, time_ms);
    case BehaviorKind::sum: return read_sum(behavior, record, time_ms);
    case BehaviorKind::last: return read_last(behavior, record, time_ms);
    case BehaviorKind::count_: break;
  }
  return {};
}

void update_behavior(const Scope& scope, State& state, std::uint32_t index) noexcept {
  const BehaviorRecord& behavior = scope.program.behaviors()[index];
  if (!holds_optional(scope, behavior.where)) return;
  const Value value = behavior.fact == 0 ? Value{} : fact_value(scope, behavior.fact - 1, behavior.path);
  switch (static_cast<BehaviorKind>(behavior.kind)) {
    case BehaviorKind::count: update_count(behavior, state, scope.time_ms); break;
    case BehaviorKind::sum: {
      const ParsedNumber amount = as_number(value);
      if (amount.ok) update_sum(behavior, state, scope.time_ms, amount.value);
      break;
    }
    case BehaviorKind::last:
      if (behavior.fact == 0 || is_storable(value)) update_last(behavior, state, scope.time_ms, value);
      break;
    case BehaviorKind::count_: break;
  }
}

}  // namespace desirepath
