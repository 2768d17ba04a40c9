// Text as characters.
#pragma once

#include <cstdint>
#include <string_view>

namespace desirepath {

inline constexpr std::uint32_t kCodePointMax = 0x10ffff;

struct Character {
  std::uint32_t code_point;
  std::uint32_t bytes;
};

// The character at the start of `text`, which is not empty. A byte that is no UTF-8 is a character of its
// own, from 0xdc80 to 0xdcff, which UTF-8 cannot carry.
Character read_character(std::string_view text) noexcept;

// Whether `text` is well-formed: shortest forms, no surrogates.
bool is_utf8(std::string_view text) noexcept;

}  // namespace desirepath
