// One profile's memory: a header and records sorted by key, in bytes that travel between browser, edge and
// database.
//
//   u8 version · u8 0 · u16 records · u32 0 · i64 clock ms · i64 next wake ms
//   record: u32 key · u8 family · u16 length · payload
//
// A key is the hash of the definition the record belongs to, so records outlive programs. The state is
// changed in place in a buffer of the caller's; nothing is allocated, nothing evicted.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "sdk/engine/bytes.hpp"

namespace desirepath {

// Records of the families stage, wait and watch begin with the time they are due, kNoTime for never.
enum class Family : std::uint8_t {
  behavior = 1,
  trait,
  stage,
  session,
  consent,
  effects,
  purpose,
  wait,
  score,
  promise,
  watch,
  context,
  clock,
  intent,
  ask,
  assignment
};

// A view of what a record holds, as wide as a pointer: its length stands before it in the state. Empty where
// there is none.
template <typename Byte>
class BasicPayload {
 public:
  constexpr BasicPayload() noexcept = default;
  explicit BasicPayload(Byte* data) noexcept : data_(data) {}
  operator BasicPayload<const Byte>() const noexcept { return BasicPayload<const Byte>(data_); }

  explicit operator bool() const noexcept { return data_ != nullptr; }
  std::size_t size() const noexcept { return data_ == nullptr ? 0 : load<std::uint16_t>(data_ - 2); }
  bool empty() const noexcept { return size() == 0; }
  Byte* data() const noexcept { return data_; }
  Byte* begin() const noexcept { return data_; }
  Byte* end() const noexcept { return data_ + size(); }
  Byte& operator[](std::size_t at) const noexcept { return data_[at]; }

 private:
  Byte* data_ = nullptr;
};
using Payload = BasicPayload<const std::uint8_t>;
using MutablePayload = BasicPayload<std::uint8_t>;

// Whether bytes were taken as a state and, if not, where they are wrong.
struct StateAdoption {
  bool ok = true;
  std::size_t offset = 0;
  explicit operator bool() const noexcept { return ok; }
};

class State {
 public:
  static constexpr std::size_t kHeaderBytes = 24;
  static constexpr std::size_t kRecordHeadBytes = 7;
  static constexpr std::int64_t kNever = INT64_MAX;
  static constexpr std::int64_t kNoClock = INT64_MIN;

  // An empty state in `buffer`, which must hold at least kHeaderBytes and outlive this object.
  explicit State(std::span<std::uint8_t> buffer) noexcept;

  // Takes the first `length` bytes of the buffer as the state; refused, and empty, when they are malformed.
  [[nodiscard]] StateAdoption adopt(std::size_t length) noexcept;
  void reset() noexcept;

  std::span<const std::uint8_t> bytes() const noexcept { return {buffer_.data(), length_}; }
  std::size_t capacity() const noexcept { return buffer_.size(); }

  std::int64_t clock_ms() const noexcept;
  void set_clock_ms(std::int64_t time_ms) noexcept;
  std::int64_t next_wake_ms() const noexcept;
  // Brings next_wake_ms up to date. Costs nothing where no record that is due at a time changed since.
  void refresh_next_wake() noexcept;

  // The payload of a record, none where there is no record. Valid until the next `resize` or `erase`.
  Payload find(std::uint32_t key, Family family) const noexcept;
  MutablePayload find(std::uint32_t key, Family family) noexcept;

  // All records in order of their keys: calls `visit(key, family, payload)`. The state must not change
  // meanwhile.
  template <typename Visit>
  void for_each(Visit visit) const noexcept {
    for (std::size_t at = kHeaderBytes; at < length_; at += record_bytes(at)) {
      const std::uint8_t* record = buffer_.data() + at;
      visit(load<std::uint32_t>(record), static_cast<Family>(record[4]), Payload(record + kRecordHeadBytes));
    }
  }

  // Makes the record's payload `length` bytes long, keeping what it holds and zero-filling what is new;
  // creates it where there is none. None when the buffer is full: the state is unchanged.
  MutablePayload resize(std::uint32_t key, Family family, std::size_t length) noexcept;
  void erase(std::uint32_t key, Family family) noexcept;
  // Ends what is due at or before `due_ms`: waits and watches are dropped, the stage is due no more.
  void retire_due(std::int64_t due_ms) noexcept;

  // Whether a change did not fit since the last `clear_overflow`.
  bool overflowed() const noexcept { return overflowed_; }
  void clear_overflow() noexcept { overflowed_ = false; }

 private:
  struct Place {
    std::size_t at;  // of the record, or where it would be inserted
    bool found;
  };
  Place locate(std::uint32_t key, Family family) const noexcept;
  static constexpr std::size_t kFamilyAt = 4;
  static constexpr std::size_t kLengthAt = 5;
  std::size_t record_bytes(std::size_t at) const noexcept {
    return kRecordHeadBytes + load<std::uint16_t>(&buffer_[at + kLengthAt]);
  }
  Family family_at(std::size_t at) const noexcept { return static_cast<Family>(buffer_[at + kFamilyAt]); }
  void erase_at(std::size_t at) noexcept;
  // When the record at `at` is due; kNoTime for never.
  std::int64_t due_at(std::size_t at) const noexcept;
  void note_change(Family family) noexcept;
  void move_tail(std::size_t from, std::size_t to) noexcept;

  std::span<std::uint8_t> buffer_;
  std::size_t length_ = kHeaderBytes;
  bool overflowed_ = false;
  bool due_changed_ = false;  // since the last refresh_next_wake
};

}  // namespace desirepath
