// Little-endian bytes and the hash that names things. Every host of the engine is little-endian.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace desirepath {

template <typename T>
T load(const std::uint8_t* at) noexcept {
  T value;
  std::memcpy(&value, at, sizeof value);
  return value;
}

template <typename T>
void store(std::uint8_t* at, T value) noexcept {
  std::memcpy(at, &value, sizeof value);
}

// A time in 6 bytes, milliseconds since 1970. Times outside 0..kTimeMaxMs are clamped by the caller.
inline std::int64_t load_time(const std::uint8_t* at) noexcept {
  return static_cast<std::int64_t>(load<std::uint32_t>(at)) |
         static_cast<std::int64_t>(load<std::uint16_t>(at + 4)) << 32;
}

inline void store_time(std::uint8_t* at, std::int64_t time_ms) noexcept {
  store(at, static_cast<std::uint32_t>(time_ms));
  store(at + 4, static_cast<std::uint16_t>(time_ms >> 32));
}

inline constexpr std::size_t kTimeBytes = 6;

// What stands for no time where a time may lack: the one value above kTimeMaxMs that 6 bytes hold.
inline constexpr std::int64_t kNoTime = (std::int64_t{1} << 48) - 1;

// FNV-1a, 32 bit. Method: Fowler, Noll, Vo; offset basis and prime of the 32-bit variant.
[[gnu::noinline]] constexpr std::uint32_t fnv1a(std::string_view text,
                                                std::uint32_t hash = 2166136261u) noexcept {
  for (const char c : text) hash = (hash ^ static_cast<std::uint8_t>(c)) * 16777619u;
  return hash;
}

inline std::string_view text_at(const std::uint8_t* data, std::size_t size) noexcept {
  return {reinterpret_cast<const char*>(data), size};
}

}  // namespace desirepath
