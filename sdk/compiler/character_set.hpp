// Sets of code points, as the classes of patterns are.
#pragma once

#include <cstdint>
#include <vector>

#include "sdk/engine/program_format.hpp"

namespace desirepath::compiler {

class CharacterSet {
 public:
  CharacterSet() = default;
  CharacterSet(std::initializer_list<format::PatternRange> ranges);

  void add(std::uint32_t first, std::uint32_t last);
  void add(const CharacterSet& other);
  // Adds the other case of every letter: of Latin (with accents), Greek, Cyrillic and Armenian those that are
  // one code point in either case, and the full-width letters. Nothing outside ASCII pairs with ASCII, so
  // that `\w` and `[a-z]` mean the same on every host.
  void add_other_case();
  CharacterSet complement() const;

  bool contains(std::uint32_t code_point) const;
  // Ascending, with a gap between each two.
  const std::vector<format::PatternRange>& ranges() const { return ranges_; }

 private:
  std::vector<format::PatternRange> ranges_;
};

// `\d`, `\w` and `\s` as JavaScript has them, and what `.` matches: all but the ends of lines.
CharacterSet digit_characters();
CharacterSet word_characters();
CharacterSet space_characters();
CharacterSet line_characters();

}  // namespace desirepath::compiler
