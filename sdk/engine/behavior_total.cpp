#include "sdk/engine/behavior_total.hpp"

#include "sdk/engine/number.hpp"
#include "sdk/engine/window.hpp"

namespace desirepath {

using format::BehaviorRecord;

namespace {

// Where the amount leads out of the finite numbers, the sum as it was. A forged one that is out of them is 0.
double added(double sum, double amount) noexcept {
  const double before = is_finite(sum) ? sum : 0;
  const double after = before + amount;
  return is_finite(after) ? after : before;
}

}  // namespace

BehaviorReading read_count(const BehaviorRecord& behavior, Payload record, std::int64_t time_ms) noexcept {
  if (behavior.within_ms == 0) {
    const double count = record.size() == 4 ? load<std::uint32_t>(record.data()) : 0;
    return {Value::of(count)};
  }
  const WindowEntries inside = entries_inside(record, kCountEntryBytes, time_ms - behavior.within_ms);
  const auto count = static_cast<double>((inside.end - inside.begin) / kCountEntryBytes);
  return {Value::of(count), inside.inexact};
}

BehaviorReading read_sum(const BehaviorRecord& behavior, Payload record, std::int64_t time_ms) noexcept {
  if (behavior.within_ms == 0) {
    return {Value::of(record.size() == sizeof(double) ? added(load<double>(record.data()), 0) : 0.0)};
  }
  const WindowEntries inside = entries_inside(record, kAmountEntryBytes, time_ms - behavior.within_ms);
  double sum = 0;
  for (std::size_t at = inside.begin; at < inside.end; at += kAmountEntryBytes) {
    sum = added(sum, load<double>(&record[at + kTimeBytes]));
  }
  return {Value::of(sum), inside.inexact};
}

void update_count(const BehaviorRecord& behavior, State& state, std::int64_t time_ms) noexcept {
  if (behavior.within_ms != 0) {
    WindowChange change(state, behavior.key, kCountEntryBytes, time_ms - behavior.within_ms);
    change.drop_oldest_beyond(behavior.keep - 1);
    change.close_with(time_ms);
    return;
  }
  const MutablePayload record = state.resize(behavior.key, Family::behavior, 4);
  if (!record) return;
  const std::uint32_t count = load<std::uint32_t>(record.data());
  if (count != UINT32_MAX) store(record.data(), count + 1);
}

void update_sum(const BehaviorRecord& behavior, State& state, std::int64_t time_ms, double amount) noexcept {
  if (behavior.within_ms != 0) {
    WindowChange change(state, behavior.key, kAmountEntryBytes, time_ms - behavior.within_ms);
    change.drop_oldest_beyond(behavior.keep - 1);
    std::uint8_t* kept = change.close_with(time_ms);
    if (kept != nullptr) store(kept, amount);
    return;
  }
  const MutablePayload record = state.resize(behavior.key, Family::behavior, sizeof(double));
  if (record) store(record.data(), added(load<double>(record.data()), amount));
}

}  // namespace desirepath
