// Small sets of words, written as one text with a space between them.
#pragma once

#include <cstddef>
#include <string_view>

namespace desirepath {

// Whether `word`, which is not empty, is one of `words`.
inline bool has_word(std::string_view words, std::string_view word) noexcept {
  while (!words.empty()) {
    const std::size_t space = words.find(' ');
    const std::size_t size = space == std::string_view::npos ? words.size() : space;
    if (std::string_view(words.data(), size) == word) return true;
    words.remove_prefix(size == words.size() ? size : size + 1);
  }
  return false;
}

}  // namespace desirepath
