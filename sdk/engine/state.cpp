#include "sdk/engine/state.hpp"

#include <utility>

#include "sdk/engine/bytes.hpp"

namespace desirepath {

namespace {

constexpr std::uint8_t kStateVersion = 1;
constexpr std::size_t kCountAt = 2;
constexpr std::size_t kClockAt = 8;
constexpr std::size_t kNextWakeAt = 16;

constexpr bool is_due_at_times(Family family) {
  return family == Family::stage || family == Family::wait || family == Family::watch;
}

constexpr std::uint64_t order_of(std::uint32_t key, std::uint8_t family) {
  return std::uint64_t{key} << 8 | family;
}

}  // namespace

State::State(std::span<std::uint8_t> buffer) noexcept : buffer_(buffer) {
  reset();
}

void State::reset() noexcept {
  length_ = kHeaderBytes;
  std::memset(buffer_.data(), 0, kHeaderBytes);
  buffer_[0] = kStateVersion;
  store(&buffer_[kClockAt], kNoClock);
  store(&buffer_[kNextWakeAt], kNever);
  overflowed_ = false;
  due_changed_ = false;
}

StateAdoption State::adopt(std::size_t length) noexcept {
  const auto refuse = [&](std::size_t at) {
    reset();
    return StateAdoption{false, at};
  };
  if (length < kHeaderBytes || length > buffer_.size()) return refuse(length);
  if (buffer_[0] != kStateVersion) return refuse(0);
  const std::uint16_t count = load<std::uint16_t>(&buffer_[kCountAt]);
  std::size_t at = kHeaderBytes;
  std::uint64_t previous = 0;
  for (std::uint32_t i = 0; i < count; ++i) {
    if (length - at < kRecordHeadBytes || length - at < record_bytes(at)) return refuse(at);
    const std::uint64_t order = order_of(load<std::uint32_t>(&buffer_[at]), buffer_[at + kFamilyAt]);
    if (i > 0 && order <= previous) return refuse(at);
    previous = order;
    at += record_bytes(at);
  }
  if (at != length) return refuse(at);
  length_ = length;
  overflowed_ = false;
  due_changed_ = true;
  refresh_next_wake();
  return {};
}

std::int64_t State::clock_ms() const noexcept {
  return load<std::int64_t>(&buffer_[kClockAt]);
}
void State::set_clock_ms(std::int64_t time_ms) noexcept {
  store(&buffer_[kClockAt], time_ms);
}
std::int64_t State::next_wake_ms() const noexcept {
  return load<std::int64_t>(&buffer_[kNextWakeAt]);
}

void State::refresh_next_wake() noexcept {
  if (!due_changed_) return;
  due_changed_ = false;
  std::int64_t earliest = kNoTime;
  for (std::size_t at = kHeaderBytes; at < length_; at += record_bytes(at)) {
    if (due_at(at) < earliest) earliest = due_at(at);
  }
  store(&buffer_[kNextWakeAt], earliest == kNoTime ? kNever : earliest);
}

std::int64_t State::due_at(std::size_t at) const noexcept {
  const bool is_due = is_due_at_times(family_at(at)) && record_bytes(at) >= kRecordHeadBytes + kTimeBytes;
  return is_due ? load_time(&buffer_[at + kRecordHeadBytes]) : kNoTime;
}

void State::note_change(Family family) noexcept {
  due_changed_ = due_changed_ || is_due_at_times(family);
}

State::Place State::locate(std::uint32_t key, Family family) const noexcept {
  const std::uint64_t wanted = order_of(key, static_cast<std::uint8_t>(family));
  for (std::size_t at = kHeaderBytes; at < length_; at += record_bytes(at)) {
    const std::uint64_t order = order_of(load<std::uint32_t>(&buffer_[at]), buffer_[at + kFamilyAt]);
    if (order >= wanted) return {at, order == wanted};
  }
  return {length_, false};
}

Payload State::find(std::uint32_t key, Family family) const noexcept {
  const Place place = locate(key, family);
  return place.found ? Payload(&buffer_[place.at + kRecordHeadBytes]) : Payload();
}

MutablePayload State::find(std::uint32_t key, Family family) noexcept {
  return MutablePayload(const_cast<std::uint8_t*>(std::as_const(*this).find(key, family).data()));
}

void State::move_tail(std::size_t from, std::size_t to) noexcept {
  std::memmove(buffer_.data() + to, buffer_.data() + from, length_ - from);
  length_ = length_ + to - from;
}

MutablePayload State::resize(std::uint32_t key, Family family, std::size_t length) noexcept {
  const Place place = locate(key, family);
  const std::size_t old_bytes = place.found ? record_bytes(place.at) : 0;
  const std::size_t new_bytes = kRecordHeadBytes + length;
  if (length > UINT16_MAX || length_ - old_bytes + new_bytes > buffer_.size()) {
    overflowed_ = true;
    return {};
  }
  move_tail(place.at + old_bytes, place.at + new_bytes);
  std::uint8_t* record = &buffer_[place.at];
  if (!place.found) {
    store(record, key);
    record[kFamilyAt] = static_cast<std::uint8_t>(family);
    store(&buffer_[kCountAt], static_cast<std::uint16_t>(load<std::uint16_t>(&buffer_[kCountAt]) + 1));
  }
  store(record + kLengthAt, static_cast<std::uint16_t>(length));
  note_change(family);
  if (new_bytes > old_bytes) {
    const std::size_t kept = place.found ? old_bytes : kRecordHeadBytes;
    std::memset(record + kept, 0, new_bytes - kept);
  }
  return MutablePayload(record + kRecordHeadBytes);
}

void State::erase(std::uint32_t key, Family family) noexcept {
  const Place place = locate(key, family);
  if (place.found) erase_at(place.at);
}

void State::retire_due(std::int64_t due_ms) noexcept {
  std::size_t at = kHeaderBytes;
  while (at < length_) {
    const bool is_due = due_at(at) <= due_ms;
    if (is_due && family_at(at) != Family::stage) {
      erase_at(at);
      continue;
    }
    if (is_due) {
      store_time(&buffer_[at + kRecordHeadBytes], kNoTime);
      note_change(Family::stage);
    }
    at += record_bytes(at);
  }
}

void State::erase_at(std::size_t at) noexcept {
  note_change(family_at(at));
  move_tail(at + record_bytes(at), at);
  store(&buffer_[kCountAt], static_cast<std::uint16_t>(load<std::uint16_t>(&buffer_[kCountAt]) - 1));
}

}  // namespace desirepath
