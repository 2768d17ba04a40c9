#include "sdk/engine/effect.hpp"

#include "sdk/engine/identity.hpp"

namespace desirepath {

using namespace format;

namespace {

constexpr std::size_t kEntryBytes = kTimeBytes + 4;  // time, effect mark or trigger key

// A purpose remembers the latest effect, and the latest by a trigger other than that one's. That answers
// exactly whether any trigger but a given one served it since a given time.
constexpr std::size_t kPurposeBytes = 2 * kEntryBytes;

void store_entry(std::uint8_t* at, std::int64_t time_ms, std::uint32_t mark) noexcept {
  store_time(at, time_ms);
  store(at + kTimeBytes, mark);
}

std::uint32_t mark_of(const std::uint8_t* at) noexcept {
  return load<std::uint32_t>(at + kTimeBytes);
}

// Entries are sorted by time: one that is counted again moves to the end, and the oldest gives way.
void count_for_cap(State& state, const Cap& cap, const Effect& effect) noexcept {
  if (cap.times == 0) return;
  const MutablePayload record = state.find(cap.key, Family::effects);
  std::size_t held = record.size();
  std::size_t gone = 0;
  while (gone + kEntryBytes <= held && mark_of(&record[gone]) != effect.mark) gone += kEntryBytes;
  if (gone + kEntryBytes <= held) {
    held -= kEntryBytes;
    std::memmove(&record[gone], &record[gone + kEntryBytes], held - gone);
  } else if (held >= cap.times * kEntryBytes) {
    const std::size_t dropped = held - (cap.times - 1) * kEntryBytes;
    held -= dropped;
    std::memmove(record.data(), &record[dropped], held);
  }
  const MutablePayload grown = state.resize(cap.key, Family::effects, held + kEntryBytes);
  if (grown) store_entry(&grown[held], effect.time_ms, effect.mark);
}

void serve_purpose(State& state, const PurposeRecord& purpose, const Effect& effect) noexcept {
  const bool is_first = state.find(purpose.key, Family::purpose).empty();
  const MutablePayload record = state.resize(purpose.key, Family::purpose, kPurposeBytes);
  if (!record) return;
  if (!is_first && mark_of(record.data()) != effect.trigger_key) {
    std::memcpy(&record[kEntryBytes], record.data(), kEntryBytes);
  }
  store_entry(record.data(), effect.time_ms, effect.trigger_key);
}

// The anchor's part of a decisionId: what stands before the last two `~`.
std::string_view anchor_of(std::string_view decision_id) noexcept {
  const std::size_t channel = decision_id.rfind('~');
  if (channel == std::string_view::npos || channel == 0) return decision_id;
  const std::size_t trigger = decision_id.rfind('~', channel - 1);
  return trigger == std::string_view::npos ? decision_id : std::string_view(decision_id.data(), trigger);
}

std::string_view fact_text(const Program& program, const Event& event, EngineFact fact) noexcept {
  const Value value = engine_fact(program, event, fact);
  return value.is_string() ? value.text() : std::string_view{};
}

std::uint32_t find_purpose(const Program& program, std::string_view id) noexcept {
  if (id.empty()) return 0;
  const std::uint32_t key = definition_key("purpose", id);
  for (std::uint32_t i = 0; i < program.purposes().size(); ++i) {
    if (program.purposes()[i].key == key) return i + 1;
  }
  return 0;
}

std::uint32_t find_channel(const Program& program, std::string_view id) noexcept {
  for (std::uint32_t i = 0; i < program.channels().size(); ++i) {
    if (program.string(program.channels()[i].id) == id) return i + 1;
  }
  return 0;
}

}  // namespace

std::uint32_t effect_mark(std::uint32_t trigger_key, std::string_view anchor) noexcept {
  return fnv1a(anchor) ^ trigger_key;
}

void record_effect(const Program& program, State& state, const Effect& effect) noexcept {
  if (effect.trigger != 0) count_for_cap(state, program.triggers()[effect.trigger - 1].cap, effect);
  if (effect.purpose != 0) {
    const PurposeRecord& purpose = program.purposes()[effect.purpose - 1];
    serve_purpose(state, purpose, effect);
    count_for_cap(state, purpose.cap, effect);
  }
  if (effect.channel != 0) {
    count_for_cap(state, program.channels()[effect.channel - 1].cap, effect);
  }
}

std::uint32_t effects_within(const State& state, const Cap& cap, std::uint32_t mark,
                             std::int64_t time_ms) noexcept {
  const Payload record = state.find(cap.key, Family::effects);
  std::uint32_t count = 0;
  for (std::size_t at = 0; at + kEntryBytes <= record.size(); at += kEntryBytes) {
    if (load_time(&record[at]) > time_ms - cap.per_ms && mark_of(&record[at]) != mark) ++count;
  }
  return count;
}

bool is_served_by_another(const Program& program, const State& state, std::uint32_t purpose,
                          std::uint32_t trigger_key, std::int64_t within_ms, std::int64_t time_ms) noexcept {
  const Payload record = state.find(program.purposes()[purpose].key, Family::purpose);
  if (record.size() != kPurposeBytes) return false;
  const std::uint8_t* at = mark_of(record.data()) != trigger_key ? record.data() : &record[kEntryBytes];
  return mark_of(at) != trigger_key && load_time(at) > time_ms - within_ms && load_time(at) != 0;
}

StatedEffect stated_effect(const Program& program, const Event& event, std::int64_t time_ms) noexcept {
  if (event.type != EventType::track ||
      (event.name != "Decision Exposed" && event.name != "Decision Delivered")) {
    return {};
  }
  StatedEffect stated{true, {}};
  Effect& effect = stated.effect;
  effect.trigger_key = definition_key("trigger", fact_text(program, event, EngineFact::trigger));
  effect.trigger = static_cast<std::uint32_t>(program.find_trigger(effect.trigger_key) + 1);
  effect.purpose = find_purpose(program, fact_text(program, event, EngineFact::purpose));
  effect.channel = find_channel(program, fact_text(program, event, EngineFact::channel));
  const std::string_view decision_id = fact_text(program, event, EngineFact::decision_id);
  effect.mark =
      effect_mark(effect.trigger_key, decision_id.empty() ? event.message_id : anchor_of(decision_id));
  effect.time_ms = time_ms;
  return stated;
}

}  // namespace desirepath
