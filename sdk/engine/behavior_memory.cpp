#include "sdk/engine/behavior_memory.hpp"

#include "sdk/engine/stored_value.hpp"
#include "sdk/engine/window.hpp"

namespace desirepath {

using format::BehaviorRecord;

namespace {

constexpr std::int64_t kNothing = -1;

struct Entry {
  std::int64_t time_ms = kNothing;
  StoredValue stored;
  std::size_t bytes = 0;  // 0 at the record's end and where it is malformed
};

Entry entry_at(Payload record, std::size_t at) noexcept {
  if (record.size() < at + kTimeBytes) return {};
  const StoredValue stored = read_stored_value(record, at + kTimeBytes);
  if (stored.bytes == 0) return {};
  return {load_time(&record[at]), stored, kTimeBytes + stored.bytes};
}

// Where the first entry after `after_ms` stands, or the end.
std::size_t first_after(Payload record, std::int64_t after_ms) noexcept {
  std::size_t at = kWindowHeadBytes;
  for (Entry entry = entry_at(record, at); entry.bytes != 0 && entry.time_ms <= after_ms;
       entry = entry_at(record, at)) {
    at += entry.bytes;
  }
  return at;
}

// What is read at `time_ms`.
Entry last_entry(const BehaviorRecord& behavior, Payload record, std::int64_t time_ms) noexcept {
  const Entry entry = entry_at(record, 0);
  const bool is_inside = behavior.within_ms == 0 || entry.time_ms > time_ms - behavior.within_ms;
  return is_inside ? entry : Entry{};
}

Entry first_entry(const BehaviorRecord& behavior, Payload record, std::int64_t time_ms) noexcept {
  const std::size_t at = behavior.within_ms == 0 ? 0 : first_after(record, time_ms - behavior.within_ms);
  return entry_at(record, at);
}

void write_entry(std::uint8_t* to, std::int64_t time_ms, const Value& value) noexcept {
  store_time(to, time_ms);
  write_stored_value(to + kTimeBytes, value);
}

void append_to_window(const BehaviorRecord& behavior, State& state, std::int64_t time_ms,
                      const Value& value) noexcept {
  const MutablePayload record = state.find(behavior.key, Family::behavior);
  const std::int64_t after_ms = time_ms - behavior.within_ms;
  std::int64_t dropped_plus_one = dropped_inside(record, after_ms) ? load_time(record.data()) : 0;
  const std::size_t begin = first_after(record, after_ms);
  std::size_t end = begin;
  std::uint32_t count = 0;
  for (std::size_t bytes = entry_at(record, end).bytes; bytes != 0 && count < behavior.keep; ++count) {
    end += bytes;
    bytes = entry_at(record, end).bytes;
  }
  const bool is_full = count == behavior.keep;
  if (is_full) dropped_plus_one = time_ms + 1;
  const std::size_t held = end - begin;
  if (held != 0) std::memmove(&record[kWindowHeadBytes], &record[begin], held);
  const std::size_t more = is_full ? 0 : kTimeBytes + stored_value_bytes(value);
  const MutablePayload resized = state.resize(behavior.key, Family::behavior, kWindowHeadBytes + held + more);
  if (!resized) return;
  store_time(resized.data(), dropped_plus_one);
  if (!is_full) write_entry(&resized[kWindowHeadBytes + held], time_ms, value);
}

}  // namespace

BehaviorReading read_last(const BehaviorRecord& behavior, Payload record, std::int64_t time_ms) noexcept {
  const Entry entry = last_entry(behavior, record, time_ms);
  return {entry.stored.value, entry.stored.cut};
}

BehaviorReading read_first(const BehaviorRecord& behavior, Payload record, std::int64_t time_ms) noexcept {
  const Entry entry = first_entry(behavior, record, time_ms);
  const bool is_short = behavior.within_ms != 0 && dropped_inside(record, time_ms - behavior.within_ms);
  return {entry.stored.value, entry.stored.cut || is_short};
}

std::int64_t time_of_last(const BehaviorRecord& behavior, Payload record, std::int64_t time_ms) noexcept {
  return last_entry(behavior, record, time_ms).time_ms;
}

std::int64_t time_of_first(const BehaviorRecord& behavior, Payload record, std::int64_t time_ms) noexcept {
  return first_entry(behavior, record, time_ms).time_ms;
}

void update_last(const BehaviorRecord& behavior, State& state, std::int64_t time_ms,
                 const Value& value) noexcept {
  const MutablePayload record =
      state.resize(behavior.key, Family::behavior, kTimeBytes + stored_value_bytes(value));
  if (record) write_entry(record.data(), time_ms, value);
}

void update_first(const BehaviorRecord& behavior, State& state, std::int64_t time_ms,
                  const Value& value) noexcept {
  if (behavior.within_ms != 0) return append_to_window(behavior, state, time_ms, value);
  if (state.find(behavior.key, Family::behavior).empty()) update_last(behavior, state, time_ms, value);
}

}  // namespace desirepath
