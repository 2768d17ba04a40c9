#include "sdk/engine/behavior_extreme.hpp"

#include "sdk/engine/number.hpp"
#include "sdk/engine/window.hpp"

namespace desirepath {

using format::BehaviorKind;
using format::BehaviorRecord;

namespace {

bool is_further_out(const BehaviorRecord& behavior, double held, double number) noexcept {
  return behavior.kind == static_cast<std::uint32_t>(BehaviorKind::min) ? held < number : held > number;
}

BehaviorReading reading_of(const std::uint8_t* number, bool inexact) noexcept {
  const double held = load<double>(number);
  return {is_finite(held) ? Value::of(held) : Value{}, inexact};
}

}  // namespace

BehaviorReading read_extreme(const BehaviorRecord& behavior, Payload record, std::int64_t time_ms) noexcept {
  if (behavior.within_ms == 0) {
    return record.size() == sizeof(double) ? reading_of(record.data(), false) : BehaviorReading{};
  }
  const WindowEntries inside = entries_inside(record, kExtremeEntryBytes, time_ms - behavior.within_ms);
  if (inside.begin == inside.end) return {{}, inside.inexact};
  return reading_of(&record[inside.begin + kTimeBytes], inside.inexact);
}

void update_extreme(const BehaviorRecord& behavior, State& state, std::int64_t time_ms,
                    double number) noexcept {
  if (behavior.within_ms == 0) {
    const bool is_first = state.find(behavior.key, Family::behavior).size() != sizeof(double);
    const MutablePayload record = state.resize(behavior.key, Family::behavior, sizeof(double));
    if (!record) return;
    const double held = load<double>(record.data());
    if (is_first || !is_finite(held) || is_further_out(behavior, number, held)) store(record.data(), number);
    return;
  }
  WindowChange change(state, behavior.key, kExtremeEntryBytes, time_ms - behavior.within_ms);
  while (change.count() > 0) {
    const std::size_t newest = change.count() - 1;
    if (is_further_out(behavior, load<double>(change.entry(newest) + kTimeBytes), number)) break;
    change.remove(newest);
  }
  change.drop_newest_beyond(behavior.keep);
  if (change.count() == behavior.keep) {
    change.drop(time_ms);
    change.close();
    return;
  }
  std::uint8_t* kept = change.close_with(time_ms);
  if (kept != nullptr) store(kept, number);
}

}  // namespace desirepath
