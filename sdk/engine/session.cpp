#include "sdk/engine/session.hpp"

#include "sdk/engine/bytes.hpp"
#include "sdk/engine/identity.hpp"
#include "sdk/engine/limits.hpp"

namespace desirepath {

using format::SessionField;

namespace {

constexpr std::size_t kStartAt = 0;
constexpr std::size_t kLastAt = kTimeBytes;
constexpr std::size_t kNumberAt = 2 * kTimeBytes;
constexpr std::size_t kPagesAt = kNumberAt + 4;
constexpr std::size_t kEventsAt = kPagesAt + 4;
constexpr std::size_t kSessionBytes = kEventsAt + 4;
constexpr std::uint32_t kSessionKey = fnv1a("session");

void increment(std::uint8_t* at) noexcept {
  store(at, load<std::uint32_t>(at) + 1);
}

}  // namespace

Value session_value(const State& state, SessionField field, std::int64_t time_ms) noexcept {
  const Payload record = state.find(kSessionKey, Family::session);
  if (record.size() != kSessionBytes) return {};
  switch (field) {
    case SessionField::number: return Value::of(static_cast<double>(load<std::uint32_t>(&record[kNumberAt])));
    case SessionField::pages: return Value::of(static_cast<double>(load<std::uint32_t>(&record[kPagesAt])));
    case SessionField::events: return Value::of(static_cast<double>(load<std::uint32_t>(&record[kEventsAt])));
    case SessionField::age: return Value::of(static_cast<double>(time_ms - load_time(&record[kStartAt])));
    case SessionField::count_: break;
  }
  return {};
}

SessionStep update_session(State& state, EventType type, std::int64_t time_ms) noexcept {
  const MutablePayload record = state.resize(kSessionKey, Family::session, kSessionBytes);
  if (!record) return {};
  const std::int64_t gap_ms = time_ms - load_time(&record[kLastAt]);
  const bool is_new = load<std::uint32_t>(&record[kNumberAt]) == 0 || gap_ms > kSessionGapMs;
  if (is_new) {
    increment(&record[kNumberAt]);
    store_time(&record[kStartAt], time_ms);
    store(&record[kPagesAt], std::uint32_t{0});
    store(&record[kEventsAt], std::uint32_t{0});
  }
  store_time(&record[kLastAt], time_ms);
  increment(&record[kEventsAt]);
  if (type == EventType::page || type == EventType::screen) increment(&record[kPagesAt]);
  return {is_new, is_new ? 0 : gap_ms};
}

}  // namespace desirepath
