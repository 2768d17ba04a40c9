#include "sdk/compiler/character_set.hpp"

#include <algorithm>

#include "sdk/engine/utf8.hpp"

namespace desirepath::compiler {

using format::PatternRange;

namespace {

// Capitals from `first` to `last`, every one or every other; the small letter is `distance` further on.
struct CasePairs {
  std::uint32_t first;
  std::uint32_t last;
  std::uint32_t step;
  std::int32_t distance;
};

constexpr CasePairs kCasePairs[] = {
    {'A', 'Z', 1, 32},
    // Latin with accents
    {0x00c0, 0x00d6, 1, 32},
    {0x00d8, 0x00de, 1, 32},
    {0x0100, 0x012e, 2, 1},
    {0x0132, 0x0136, 2, 1},
    {0x0139, 0x0147, 2, 1},
    {0x014a, 0x0176, 2, 1},
    {0x0178, 0x0178, 1, -121},
    {0x0179, 0x017d, 2, 1},
    {0x01cd, 0x01db, 2, 1},
    {0x01de, 0x01ee, 2, 1},
    {0x01f8, 0x021e, 2, 1},
    {0x0222, 0x0232, 2, 1},
    {0x1e00, 0x1e94, 2, 1},
    {0x1ea0, 0x1efe, 2, 1},
    // Greek; the small sigma that ends a word is a sigma too
    {0x0386, 0x0386, 1, 38},
    {0x0388, 0x038a, 1, 37},
    {0x038c, 0x038c, 1, 64},
    {0x038e, 0x038f, 1, 63},
    {0x0391, 0x03a1, 1, 32},
    {0x03a3, 0x03ab, 1, 32},
    {0x03a3, 0x03a3, 1, 31},
    // Cyrillic
    {0x0400, 0x040f, 1, 80},
    {0x0410, 0x042f, 1, 32},
    {0x0460, 0x0480, 2, 1},
    {0x048a, 0x04be, 2, 1},
    {0x04c0, 0x04c0, 1, 15},
    {0x04c1, 0x04cd, 2, 1},
    {0x04d0, 0x052e, 2, 1},
    // Armenian
    {0x0531, 0x0556, 1, 48},
    // full-width forms
    {0xff21, 0xff3a, 1, 32},
};

}  // namespace

CharacterSet::CharacterSet(std::initializer_list<PatternRange> ranges) {
  for (const PatternRange& range : ranges) add(range.first, range.last);
}

void CharacterSet::add(std::uint32_t first, std::uint32_t last) {
  const auto touched =
      std::lower_bound(ranges_.begin(), ranges_.end(), first,
                       [](const PatternRange& range, std::uint32_t begin) { return range.last + 1 < begin; });
  auto end = touched;
  for (; end != ranges_.end() && end->first <= last + 1; ++end) {
    first = std::min(first, end->first);
    last = std::max(last, end->last);
  }
  ranges_.insert(ranges_.erase(touched, end), {first, last});
}

void CharacterSet::add(const CharacterSet& other) {
  for (const PatternRange& range : other.ranges_) add(range.first, range.last);
}

void CharacterSet::add_other_case() {
  // Twice, because one small letter can lead over its capital to another.
  for (int round = 0; round < 2; ++round) {
    for (const CasePairs& pairs : kCasePairs) {
      for (std::uint32_t capital = pairs.first; capital <= pairs.last; capital += pairs.step) {
        const std::uint32_t small = capital + static_cast<std::uint32_t>(pairs.distance);
        if (contains(capital)) add(small, small);
        if (contains(small)) add(capital, capital);
      }
    }
  }
}

CharacterSet CharacterSet::complement() const {
  CharacterSet rest;
  std::uint32_t begin = 0;
  for (const PatternRange& range : ranges_) {
    if (range.first > begin) rest.ranges_.push_back({begin, range.first - 1});
    begin = range.last + 1;
  }
  if (begin <= kCodePointMax) rest.ranges_.push_back({begin, kCodePointMax});
  return rest;
}

bool CharacterSet::contains(std::uint32_t code_point) const {
  const auto range =
      std::lower_bound(ranges_.begin(), ranges_.end(), code_point,
                       [](const PatternRange& each, std::uint32_t wanted) { return each.last < wanted; });
  return range != ranges_.end() && range->first <= code_point;
}

CharacterSet digit_characters() {
  return {{'0', '9'}};
}

CharacterSet word_characters() {
  return {{'0', '9'}, {'A', 'Z'}, {'_', '_'}, {'a', 'z'}};
}

CharacterSet space_characters() {
  return {{0x09, 0x0d},     {0x20, 0x20},     {0xa0, 0xa0},     {0x1680, 0x1680}, {0x2000, 0x200a},
          {0x2028, 0x2029}, {0x202f, 0x202f}, {0x205f, 0x205f}, {0x3000, 0x3000}, {0xfeff, 0xfeff}};
}

CharacterSet line_characters() {
  return CharacterSet{{'\n', '\n'}, {'\r', '\r'}, {0x2028, 0x2029}}.complement();
}

}  // namespace desirepath::compiler
