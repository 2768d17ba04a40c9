// The place of a mistake, as a person at a terminal sees it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace desirepath::compiler {

// The line of `text` around the byte `offset`, with a mark under the word that begins there: two lines,
// indented by four, the first with the number `line`. A long line is cut around the word.
//     12 |   "behaviours": {
//        |   ^~~~~~~~~~~~
std::string source_excerpt(std::string_view text, std::size_t offset, std::size_t line);

// Whether the byte begins a character of UTF-8.
constexpr bool begins_character(char byte) {
  return (static_cast<unsigned char>(byte) & 0xc0) != 0x80;
}

}  // namespace desirepath::compiler
