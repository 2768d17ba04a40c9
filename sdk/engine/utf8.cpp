#include "sdk/engine/utf8.hpp"

#include <cstddef>

namespace desirepath {

Character read_character(std::string_view text) noexcept {
  const auto byte = [&](std::size_t at) { return static_cast<std::uint8_t>(text[at]); };
  const std::uint32_t first = byte(0);
  if (first < 0x80) return {first, 1};
  const Character stray{0xdc00 + first, 1};
  const std::uint32_t bytes = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  if (first < 0xc2 || first > 0xf4 || text.size() < bytes) return stray;
  std::uint32_t code_point = first & (0x7fu >> bytes);
  for (std::uint32_t i = 1; i < bytes; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return stray;
    code_point = code_point << 6 | (byte(i) & 0x3f);
  }
  constexpr std::uint32_t kSmallest[] = {0x80, 0x800, 0x10000};
  const bool is_surrogate = code_point >= 0xd800 && code_point < 0xe000;
  if (code_point < kSmallest[bytes - 2] || code_point > kCodePointMax || is_surrogate) return stray;
  return {code_point, bytes};
}

bool is_utf8(std::string_view text) noexcept {
  while (!text.empty()) {
    const Character character = read_character(text);
    if (character.code_point >= 0xdc80 && character.code_point <= 0xdcff) return false;
    text = {text.data() + character.bytes, text.size() - character.bytes};
  }
  return true;
}

}  // namespace desirepath
