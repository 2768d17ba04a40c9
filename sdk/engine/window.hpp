// The record of a windowed behavior: what happened when, oldest first.
//
//   6 newest time that was dropped for want of room, +1 (0: none) · entries: 6 time · what is kept of it
//
// All entries of a record have one size, `entry_bytes`. The window is (time - within, time]; `after_ms` in
// what follows is time - within. What is dropped for want of room makes readings inexact for as long as it
// would lie in the window.
#pragma once

#include <cstddef>
#include <cstdint>

#include "sdk/engine/bytes.hpp"
#include "sdk/engine/state.hpp"

namespace desirepath {

inline constexpr std::size_t kWindowHeadBytes = kTimeBytes;

// The entries of `record` that lie inside: [begin, end), whole entries only, whatever the record holds.
struct WindowEntries {
  std::size_t begin = 0;
  std::size_t end = 0;
  bool inexact = false;
};
WindowEntries entries_inside(Payload record, std::size_t entry_bytes, std::int64_t after_ms) noexcept;

// Whether something was dropped at a time after `after_ms`.
bool dropped_inside(Payload record, std::int64_t after_ms) noexcept;

// One change of a windowed record: opening it passes over what left the window, the caller removes what it no
// longer wants, `close` writes the rest back with room for what is new.
class WindowChange {
 public:
  WindowChange(State& state, std::uint32_t key, std::size_t entry_bytes, std::int64_t after_ms) noexcept;

  std::size_t count() const noexcept { return (end_ - begin_) / entry_bytes_; }
  // The entry from the oldest, below count().
  std::uint8_t* entry(std::size_t index) const noexcept {
    return record_.data() + begin_ + index * entry_bytes_;
  }

  void remove(std::size_t index) noexcept;
  // Removes entries, or passes over one that comes, for want of room.
  void drop_oldest_beyond(std::size_t keep) noexcept;
  void drop_newest_beyond(std::size_t keep) noexcept;
  void drop(std::int64_t time_ms) noexcept;

  // Ends the change: writes it back.
  void close() noexcept { write_back(0); }
  // The same with a new entry at the end. Returns where to put what is kept of it; null when the state is
  // full.
  std::uint8_t* close_with(std::int64_t time_ms) noexcept;

 private:
  std::uint8_t* write_back(std::size_t more_bytes) noexcept;

  State& state_;
  std::uint32_t key_;
  std::size_t entry_bytes_;
  MutablePayload record_;
  std::size_t begin_ = kWindowHeadBytes;
  std::size_t end_ = kWindowHeadBytes;
  std::int64_t dropped_plus_one_ = 0;
};

}  // namespace desirepath
