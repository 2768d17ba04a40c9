#include "sdk/engine/window.hpp"

namespace desirepath {

bool dropped_inside(Payload record, std::int64_t after_ms) noexcept {
  if (record.size() < kWindowHeadBytes) return false;
  const std::int64_t dropped_plus_one = load_time(record.data());
  return dropped_plus_one != 0 && dropped_plus_one - 1 > after_ms;
}

WindowEntries entries_inside(Payload record, std::size_t entry_bytes, std::int64_t after_ms) noexcept {
  if (record.size() < kWindowHeadBytes) return {};
  const std::size_t whole = (record.size() - kWindowHeadBytes) / entry_bytes * entry_bytes;
  WindowEntries inside{kWindowHeadBytes, kWindowHeadBytes + whole, dropped_inside(record, after_ms)};
  while (inside.begin < inside.end && load_time(&record[inside.begin]) <= after_ms)
    inside.begin += entry_bytes;
  return inside;
}

WindowChange::WindowChange(State& state, std::uint32_t key, std::size_t entry_bytes,
                           std::int64_t after_ms) noexcept
    : state_(state), key_(key), entry_bytes_(entry_bytes), record_(state.find(key, Family::behavior)) {
  const WindowEntries inside = entries_inside(record_, entry_bytes, after_ms);
  if (inside.end == 0) return;
  begin_ = inside.begin;
  end_ = inside.end;
  if (inside.inexact) dropped_plus_one_ = load_time(record_.data());
}

void WindowChange::remove(std::size_t index) noexcept {
  std::uint8_t* at = entry(index);
  std::memmove(at, at + entry_bytes_, static_cast<std::size_t>(record_.data() + end_ - at) - entry_bytes_);
  end_ -= entry_bytes_;
}

void WindowChange::drop(std::int64_t time_ms) noexcept {
  if (time_ms >= dropped_plus_one_) dropped_plus_one_ = time_ms + 1;
}

void WindowChange::drop_oldest_beyond(std::size_t keep) noexcept {
  for (; count() > keep; begin_ += entry_bytes_) drop(load_time(entry(0)));
}

void WindowChange::drop_newest_beyond(std::size_t keep) noexcept {
  for (; count() > keep; end_ -= entry_bytes_) drop(load_time(entry(count() - 1)));
}

std::uint8_t* WindowChange::close_with(std::int64_t time_ms) noexcept {
  std::uint8_t* entry = write_back(entry_bytes_);
  if (entry == nullptr) return nullptr;
  store_time(entry, time_ms);
  return entry + kTimeBytes;
}

std::uint8_t* WindowChange::write_back(std::size_t more_bytes) noexcept {
  const std::size_t held = end_ - begin_;
  if (held != 0) std::memmove(record_.data() + kWindowHeadBytes, record_.data() + begin_, held);
  const MutablePayload resized = state_.resize(key_, Family::behavior, kWindowHeadBytes + held + more_bytes);
  if (!resized) return nullptr;
  store_time(resized.data(), dropped_plus_one_);
  return resized.data() + kWindowHeadBytes + held;
}

}  // namespace desirepath
