#include "sdk/engine/effect_list.hpp"

namespace desirepath {

namespace {

constexpr std::uint32_t kSettled = 1;

std::uint32_t identity_of(const std::uint8_t* entry) noexcept {
  return load<std::uint32_t>(entry + kTimeBytes) & ~kSettled;
}

std::uint32_t source_of(const std::uint8_t* entry) noexcept {
  return load<std::uint32_t>(entry + kTimeBytes + 4);
}

bool is_settled(const std::uint8_t* entry) noexcept {
  return (load<std::uint32_t>(entry + kTimeBytes) & kSettled) != 0;
}

bool is_of(const std::uint8_t* entry, const EffectPlace& place) noexcept {
  return identity_of(entry) == (place.identity & ~kSettled);
}

std::size_t whole_entries(std::size_t bytes) noexcept {
  return bytes / kListedEffectBytes * kListedEffectBytes;
}

std::size_t held_bytes(const State& state, const EffectPlace& place) noexcept {
  return whole_entries(state.find(place.key, place.family).size());
}

// Removes the entry at `at`, and with it what stands behind the last whole one.
void remove_entry(State& state, const EffectPlace& place, std::size_t at) noexcept {
  const MutablePayload record = state.find(place.key, place.family);
  const std::size_t left = whole_entries(record.size()) - kListedEffectBytes;
  if (left == 0) return state.erase(place.key, place.family);
  std::memmove(record.data() + at, record.data() + at + kListedEffectBytes, left - at);
  state.resize(place.key, place.family, left);
}

// Whether a settled entry of the same source outlasts the entry: one behind it, or the new one.
bool is_surpassed(Payload record, std::size_t at, const EffectPlace& place, bool settled) noexcept {
  if (settled && source_of(&record[at]) == place.source) return true;
  for (std::size_t later = at + kListedEffectBytes; later < whole_entries(record.size());
       later += kListedEffectBytes) {
    if (is_settled(&record[later]) && source_of(&record[later]) == source_of(&record[at])) return true;
  }
  return false;
}

std::size_t forgotten_entry(const State& state, const EffectPlace& place, bool settled) noexcept {
  if (place.forgets == Forgets::earliest) return 0;
  const Payload record = state.find(place.key, place.family);
  for (std::size_t at = 0; at < whole_entries(record.size()); at += kListedEffectBytes) {
    if (is_surpassed(record, at, place, settled)) return at;
  }
  return 0;
}

// Removes what a new effect of the place says anew: of its own source, and once it is settled of all.
void remove_surpassed(State& state, const EffectPlace& place, bool settled) noexcept {
  for (std::size_t at = 0; at < held_bytes(state, place);) {
    const std::uint8_t* entry = state.find(place.key, place.family).data() + at;
    if (is_of(entry, place) && (settled || (source_of(entry) == place.source && !is_settled(entry)))) {
      remove_entry(state, place, at);
    } else {
      at += kListedEffectBytes;
    }
  }
}

}  // namespace

void list_effect(State& state, const EffectPlace& place, std::int64_t time_ms, bool settled) noexcept {
  remove_surpassed(state, place, settled);
  std::size_t held = held_bytes(state, place);
  for (; held >= place.entries_max * kListedEffectBytes; held -= kListedEffectBytes) {
    remove_entry(state, place, forgotten_entry(state, place, settled));
  }
  const MutablePayload grown = state.resize(place.key, place.family, held + kListedEffectBytes);
  if (!grown) return;
  store_time(&grown[held], time_ms);
  store(&grown[held + kTimeBytes], (place.identity & ~kSettled) | (settled ? kSettled : 0));
  store(&grown[held + kTimeBytes + 4], place.source);
}

void unlist_reservation(State& state, const EffectPlace& place) noexcept {
  const Payload record = state.find(place.key, place.family);
  for (std::size_t at = 0; at < whole_entries(record.size()); at += kListedEffectBytes) {
    const std::uint8_t* entry = &record[at];
    if (is_of(entry, place) && !is_settled(entry) && source_of(entry) == place.source) {
      return remove_entry(state, place, at);
    }
  }
}

bool EffectList::is_of(std::size_t index, std::uint32_t identity) const noexcept {
  return identity_of(at(index)) == (identity & ~kSettled);
}

std::uint32_t EffectList::source(std::size_t index) const noexcept {
  return source_of(at(index));
}

bool EffectList::is_repeated(std::size_t index) const noexcept {
  for (std::size_t later = index + 1; later < size(); ++later) {
    if (identity_of(at(later)) == identity_of(at(index))) return true;
  }
  return false;
}

}  // namespace desirepath
