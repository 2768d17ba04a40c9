#include "sdk/engine/ask.hpp"

#include "sdk/engine/trait.hpp"

namespace desirepath {

using namespace format;

namespace {

void count_ever(State& state, std::uint32_t key) noexcept {
  const MutablePayload record = state.resize(key, Family::ask, sizeof(std::uint32_t));
  if (!record) return;
  const std::uint32_t times = load<std::uint32_t>(record.data());
  if (times != UINT32_MAX) store(record.data(), times + 1);
}

// Times, oldest first; the oldest gives way.
void count_time(State& state, const AskRecord& ask, std::int64_t time_ms) noexcept {
  const MutablePayload record = state.find(ask.cap.key, Family::ask);
  std::size_t held = record.size() / kTimeBytes * kTimeBytes;
  const std::size_t room = (ask.keep - 1) * kTimeBytes;
  if (held > room) {
    std::memmove(record.data(), record.data() + held - room, room);
    held = room;
  }
  const MutablePayload grown = state.resize(ask.cap.key, Family::ask, held + kTimeBytes);
  if (grown) store_time(&grown[held], time_ms);
}

}  // namespace

std::uint32_t times_asked(const Program& program, const State& state, std::uint32_t index,
                          std::int64_t time_ms) noexcept {
  const AskRecord& ask = program.asks()[index];
  const Payload record = state.find(ask.cap.key, Family::ask);
  if (ask.cap.times == 0) {
    return record.size() == sizeof(std::uint32_t) ? load<std::uint32_t>(record.data()) : 0;
  }
  std::uint32_t times = 0;
  for (std::size_t at = 0; at + kTimeBytes <= record.size(); at += kTimeBytes) {
    if (load_time(&record[at]) > time_ms - ask.cap.per_ms) ++times;
  }
  return times;
}

std::int64_t next_asked_change_ms(const Program& program, const State& state, std::uint32_t index,
                                  std::int64_t time_ms) noexcept {
  const AskRecord& ask = program.asks()[index];
  const Payload record = state.find(ask.cap.key, Family::ask);
  if (ask.cap.times == 0) return State::kNever;
  for (std::size_t at = 0; at + kTimeBytes <= record.size(); at += kTimeBytes) {
    const std::int64_t leaves_ms = load_time(&record[at]) + ask.cap.per_ms;
    if (leaves_ms > time_ms) return leaves_ms;
  }
  return State::kNever;
}

bool should_ask(const Scope& scope, std::uint32_t index) noexcept {
  const AskRecord& ask = scope.program.asks()[index];
  if (!trait_value(scope.program, scope.state, ask.trait).is_null()) return false;
  if (ask.cap.times != 0 && times_asked(scope.program, scope.state, index, scope.time_ms) >= ask.cap.times) {
    return false;
  }
  const Scope profile{scope.program, scope.state, nullptr, scope.time_ms, scope.zones};
  return holds_optional(profile, ask.when);
}

std::int64_t next_ask(const Scope& scope) noexcept {
  for (std::uint32_t i = 0; i < scope.program.asks().size(); ++i) {
    if (should_ask(scope, i)) return i;
  }
  return -1;
}

std::int64_t find_ask(const Program& program, std::string_view field) noexcept {
  for (std::uint32_t i = 0; i < program.asks().size(); ++i) {
    if (program.string(program.asks()[i].field) == field) return i;
  }
  return -1;
}

void update_asks(const Program& program, State& state, const Event& event, std::int64_t time_ms) noexcept {
  if (event.type != EventType::track || event.name != "Field Asked") return;
  const Value field = engine_fact(program, event, EngineFact::asked_field);
  const std::int64_t found = field.is_string() ? find_ask(program, field.text()) : -1;
  if (found < 0) return;
  const AskRecord& ask = program.asks()[static_cast<std::uint32_t>(found)];
  if (ask.cap.times == 0) {
    count_ever(state, ask.cap.key);
  } else {
    count_time(state, ask, time_ms);
  }
}

}  // namespace desirepath
