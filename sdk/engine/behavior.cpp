#include "sdk/engine/behavior.hpp"

#include "sdk/engine/affinity.hpp"
#include "sdk/engine/behavior_distinct.hpp"
#include "sdk/engine/behavior_extreme.hpp"
#include "sdk/engine/behavior_memory.hpp"
#include "sdk/engine/behavior_total.hpp"
#include "sdk/engine/number.hpp"
#include "sdk/engine/sequence.hpp"
#include "sdk/engine/stored_value.hpp"
#include "sdk/engine/window.hpp"

namespace desirepath {

using namespace format;

namespace {

BehaviorReading read_beyond_core(const BehaviorRecord& behavior, Payload record,
                                 std::int64_t time_ms) noexcept {
  const auto kind = static_cast<BehaviorKind>(behavior.kind);
  if constexpr (builds(kFeatureExtremes)) {
    if (kind == BehaviorKind::min || kind == BehaviorKind::max)
      return read_extreme(behavior, record, time_ms);
    if (kind == BehaviorKind::first) return read_first(behavior, record, time_ms);
    if (kind == BehaviorKind::distinct) return read_distinct(behavior, record, time_ms);
  }
  if constexpr (builds(kFeatureSequence)) {
    if (kind == BehaviorKind::sequence) return read_sequence(behavior, record);
  }
  if constexpr (builds(kFeatureAffinity)) {
    if (kind == BehaviorKind::affinity) return read_affinity(record);
  }
  return {};
}

void update_beyond_core(const Scope& scope, State& state, const BehaviorRecord& behavior,
                        const Value& value) noexcept {
  const auto kind = static_cast<BehaviorKind>(behavior.kind);
  if constexpr (builds(kFeatureExtremes)) {
    if (kind == BehaviorKind::min || kind == BehaviorKind::max) {
      const ParsedNumber number = as_number(value);
      if (number.ok) update_extreme(behavior, state, scope.time_ms, number.value);
    }
    if (kind == BehaviorKind::first && is_storable(value)) {
      update_first(behavior, state, scope.time_ms, value);
    }
    if (kind == BehaviorKind::distinct) update_distinct(behavior, state, scope.time_ms, value);
  }
  if constexpr (builds(kFeatureSequence)) {
    if (kind == BehaviorKind::sequence) update_sequence(scope, state, behavior);
  }
  if constexpr (builds(kFeatureAffinity)) {
    if (kind == BehaviorKind::affinity) update_affinity(behavior, state, scope.time_ms, value);
  }
}

// When the oldest entry inside came; -1 where there is none.
std::int64_t time_of_oldest(Payload record, std::size_t entry_bytes, std::int64_t after_ms) noexcept {
  const WindowEntries inside = entries_inside(record, entry_bytes, after_ms);
  return inside.begin < inside.end ? load_time(&record[inside.begin]) : -1;
}

std::size_t entry_bytes_of(BehaviorKind kind) noexcept {
  if (kind == BehaviorKind::count) return kCountEntryBytes;
  return kind == BehaviorKind::sum        ? kAmountEntryBytes
         : kind == BehaviorKind::distinct ? kDistinctEntryBytes
                                          : kExtremeEntryBytes;
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
    default: return read_beyond_core(behavior, record, time_ms);
  }
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
      if (is_storable(value)) update_last(behavior, state, scope.time_ms, value);
      break;
    default: update_beyond_core(scope, state, behavior, value); break;
  }
}

std::int64_t next_change_ms(const Program& program, const State& state, std::uint32_t index,
                            std::int64_t time_ms) noexcept {
  const BehaviorRecord& behavior = program.behaviors()[index];
  const auto kind = static_cast<BehaviorKind>(behavior.kind);
  if (behavior.within_ms == 0 || kind == BehaviorKind::sequence || kind == BehaviorKind::affinity) {
    return State::kNever;
  }
  const Payload record = state.find(behavior.key, Family::behavior);
  const std::int64_t oldest_ms = kind == BehaviorKind::last    ? time_of_last(behavior, record, time_ms)
                                 : kind == BehaviorKind::first ? time_of_first(behavior, record, time_ms)
                                                               : time_of_oldest(record, entry_bytes_of(kind),
                                                                                time_ms - behavior.within_ms);
  return oldest_ms < 0 ? State::kNever : oldest_ms + behavior.within_ms;
}

}  // namespace desirepath
