#include "sdk/engine/behavior_distinct.hpp"

#include "sdk/engine/window.hpp"

namespace desirepath {

using format::BehaviorRecord;

namespace {

constexpr std::size_t kHeadBytes = 1;
constexpr std::size_t kHashBytes = sizeof(std::uint64_t);

std::uint64_t fnv1a_64(const std::uint8_t* data, std::size_t size, std::uint64_t hash) noexcept {
  for (std::size_t i = 0; i < size; ++i) hash = (hash ^ data[i]) * 1099511628211u;
  return hash;
}

std::uint64_t hash_of(const Value& value) noexcept {
  const auto tag = static_cast<std::uint8_t>(value.tag());
  const std::uint64_t kind = fnv1a_64(&tag, sizeof tag, 14695981039346656037u);
  if (value.is_string()) {
    const std::string_view text = value.text();
    return fnv1a_64(reinterpret_cast<const std::uint8_t*>(text.data()), text.size(), kind);
  }
  if (!value.is_number()) return kind;
  std::uint8_t bytes[sizeof(double)];
  store(bytes, value.number() + 0.0);
  return fnv1a_64(bytes, sizeof bytes, kind);
}

void remember(const BehaviorRecord& behavior, State& state, std::uint64_t hash) noexcept {
  const MutablePayload record = state.find(behavior.key, Family::behavior);
  const std::size_t held = record.size() < kHeadBytes ? 0 : (record.size() - kHeadBytes) / kHashBytes;
  for (std::size_t i = 0; i < held; ++i) {
    if (load<std::uint64_t>(&record[kHeadBytes + i * kHashBytes]) == hash) return;
  }
  if (held >= behavior.keep) {
    record[0] = 1;
    return;
  }
  const MutablePayload grown =
      state.resize(behavior.key, Family::behavior, kHeadBytes + (held + 1) * kHashBytes);
  if (grown) store(&grown[kHeadBytes + held * kHashBytes], hash);
}

void remember_in_window(const BehaviorRecord& behavior, State& state, std::int64_t time_ms,
                        std::uint64_t hash) noexcept {
  WindowChange change(state, behavior.key, kDistinctEntryBytes, time_ms - behavior.within_ms);
  for (std::size_t i = change.count(); i > 0; --i) {
    if (load<std::uint64_t>(change.entry(i - 1) + kTimeBytes) != hash) continue;
    change.remove(i - 1);
    break;
  }
  change.drop_oldest_beyond(behavior.keep - 1);
  std::uint8_t* kept = change.close_with(time_ms);
  if (kept != nullptr) store(kept, hash);
}

}  // namespace

BehaviorReading read_distinct(const BehaviorRecord& behavior, Payload record, std::int64_t time_ms) noexcept {
  if (behavior.within_ms != 0) {
    const WindowEntries inside = entries_inside(record, kDistinctEntryBytes, time_ms - behavior.within_ms);
    const auto count = static_cast<double>((inside.end - inside.begin) / kDistinctEntryBytes);
    return {Value::of(count), inside.inexact};
  }
  if (record.size() < kHeadBytes) return {Value::of(0.0)};
  return {Value::of(static_cast<double>((record.size() - kHeadBytes) / kHashBytes)), record[0] != 0};
}

void update_distinct(const BehaviorRecord& behavior, State& state, std::int64_t time_ms,
                     const Value& value) noexcept {
  if (!value.is_string() && !value.is_number() && !value.is_boolean()) return;
  const std::uint64_t hash = hash_of(value);
  if (behavior.within_ms == 0) {
    remember(behavior, state, hash);
  } else {
    remember_in_window(behavior, state, time_ms, hash);
  }
}

}  // namespace desirepath
