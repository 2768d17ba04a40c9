#include "sdk/compiler/pattern_compiler.hpp"

#include <algorithm>

#include "sdk/compiler/character_set.hpp"
#include "sdk/engine/limits.hpp"
#include "sdk/engine/utf8.hpp"

namespace desirepath::compiler {

using namespace format;

namespace {

constexpr std::uint32_t kUnbounded = 0xffffffff;
// What a counted repeat can say; the limit of instructions is far below.
constexpr std::uint32_t kRepeatMax = 100000;

constexpr const char* kNothingToRepeat =
    "there is nothing to repeat before this; to mean the character itself, write '\\\\' before it";

// Code that can stand anywhere: targets count from its own start.
struct Fragment {
  std::vector<PatternInstruction> code;
  bool is_assertion = false;
};

PatternInstruction instruction(PatternOp op, std::size_t target = 0, std::uint32_t operand = 0) {
  return {static_cast<std::uint8_t>(op), 0, static_cast<std::uint16_t>(target), operand};
}

void append(Fragment& to, const Fragment& more) {
  const auto offset = static_cast<std::uint16_t>(to.code.size());
  for (PatternInstruction each : more.code) {
    const auto op = static_cast<PatternOp>(each.op);
    if (op == PatternOp::split || op == PatternOp::jump)
      each.target = static_cast<std::uint16_t>(each.target + offset);
    to.code.push_back(each);
  }
}

struct Repeat {
  std::uint32_t least = 1;
  std::uint32_t most = 1;
};

class PatternParser {
 public:
  PatternParser(std::string_view pattern, bool ignore_case) : pattern_(pattern), ignore_case_(ignore_case) {}

  CompiledPattern parse() {
    if (pattern_.substr(0, 4) == "(?i)") {
      ignore_case_ = true;
      at_ = 4;
    }
    Fragment whole = alternatives();
    if (!at_end()) fail(at_, "')' closes no group; write '\\\\)' to mean it");
    whole.code.push_back(instruction(PatternOp::match));
    if (!error_) compiled_.code = std::move(whole.code);
    compiled_.error = std::move(error_);
    return std::move(compiled_);
  }

 private:
  bool at_end() const { return at_ >= pattern_.size(); }
  bool next_is(char c) const { return !at_end() && pattern_[at_] == c; }
  bool take(char c) {
    if (!next_is(c)) return false;
    ++at_;
    return true;
  }
  std::uint32_t take_character() {
    const Character character = read_character(pattern_.substr(at_));
    at_ += character.bytes;
    return character.code_point;
  }

  // Keeps the first mistake and ends parsing.
  void fail(std::size_t at, std::string text) {
    if (!error_) error_ = PatternError{at, std::move(text)};
    at_ = pattern_.size();
  }

  // Whether so many more instructions are allowed.
  bool fits(std::uint64_t instructions, std::size_t at) {
    if (instructions < kPatternInstructionsMax) return true;
    fail(at, "the pattern is too large: written out it takes more than " +
                 std::to_string(kPatternInstructionsMax) + " steps");
    return false;
  }

  Fragment alternatives() {
    const std::size_t begin = at_;
    std::vector<Fragment> each;
    std::size_t size = 0;
    do {
      each.push_back(sequence());
      size += each.back().code.size() + (each.size() > 1 ? 2 : 0);
    } while (fits(size, begin) && take('|'));
    Fragment all = std::move(each.back());
    for (each.pop_back(); !each.empty(); each.pop_back()) {
      Fragment joined;
      const std::size_t first_size = each.back().code.size();
      joined.code.push_back(instruction(PatternOp::split, first_size + 2));
      append(joined, each.back());
      joined.code.push_back(instruction(PatternOp::jump, first_size + 2 + all.code.size()));
      append(joined, all);
      all = std::move(joined);
    }
    return all;
  }

  Fragment sequence() {
    const std::size_t begin = at_;
    Fragment all;
    while (!at_end() && !next_is('|') && !next_is(')')) {
      const Fragment item = repeated();
      if (!fits(all.code.size() + item.code.size(), begin)) break;
      append(all, item);
    }
    return all;
  }

  Fragment repeated() {
    const Fragment item = atom();
    const std::size_t begin = at_;
    const std::optional<Repeat> repeat = take_repeat();
    if (!repeat) return item;
    if (item.is_assertion) fail(begin, kNothingToRepeat);
    take('?');  // lazy: the same matches
    return fits(size_written_out(item.code.size(), *repeat), begin) ? written_out(item, *repeat) : Fragment{};
  }

  static std::uint64_t size_written_out(std::uint64_t size, const Repeat& repeat) {
    if (repeat.most != kUnbounded) return size * repeat.most + (repeat.most - repeat.least);
    return repeat.least == 0 ? size + 2 : size * repeat.least + 1;
  }

  static Fragment written_out(const Fragment& item, const Repeat& repeat) {
    const std::size_t size = item.code.size();
    Fragment all;
    const bool is_plus = repeat.most == kUnbounded && repeat.least > 0;
    for (std::uint32_t i = is_plus ? 1 : 0; i < repeat.least; ++i) append(all, item);
    if (is_plus) {
      Fragment plus = item;
      plus.code.push_back(instruction(PatternOp::split, 0));
      append(all, plus);
    } else if (repeat.most == kUnbounded) {
      Fragment star;
      star.code.push_back(instruction(PatternOp::split, size + 2));
      append(star, item);
      star.code.push_back(instruction(PatternOp::jump, 0));
      append(all, star);
    } else {
      Fragment optional;
      optional.code.push_back(instruction(PatternOp::split, size + 1));
      append(optional, item);
      for (std::uint32_t i = repeat.least; i < repeat.most; ++i) append(all, optional);
    }
    return all;
  }

  std::optional<Repeat> take_repeat() {
    if (take('*')) return Repeat{0, kUnbounded};
    if (take('+')) return Repeat{1, kUnbounded};
    if (take('?')) return Repeat{0, 1};
    if (!begins_count()) return std::nullopt;
    const std::size_t begin = at_++;
    Repeat repeat;
    repeat.least = repeat.most = take_count();
    if (take(',')) repeat.most = next_is('}') ? kUnbounded : take_count();
    take('}');
    if (repeat.least > repeat.most) fail(begin, "the counts of a repeat stand in the wrong order");
    return repeat;
  }

  // `{2}`, `{2,}` or `{2,5}`; any other `{` is a character, as in JavaScript.
  bool begins_count() const {
    if (!next_is('{')) return false;
    std::size_t at = at_ + 1;
    const auto digits = [&] {
      const std::size_t begin = at;
      while (at < pattern_.size() && pattern_[at] >= '0' && pattern_[at] <= '9') ++at;
      return at > begin;
    };
    if (!digits()) return false;
    if (at < pattern_.size() && pattern_[at] == ',') {
      ++at;
      digits();
    }
    return at < pattern_.size() && pattern_[at] == '}';
  }

  std::uint32_t take_count() {
    std::uint32_t count = 0;
    for (; !at_end() && pattern_[at_] >= '0' && pattern_[at_] <= '9'; ++at_) {
      count = std::min(count * 10 + static_cast<std::uint32_t>(pattern_[at_] - '0'), kRepeatMax);
    }
    return count;
  }

  Fragment atom() {
    const std::size_t begin = at_;
    if (begins_count()) {
      fail(begin, kNothingToRepeat);
      return {};
    }
    const std::uint32_t character = take_character();
    switch (character) {
      case '(': return group(begin);
      case '[': return set(bracketed(begin));
      case '.': return set(line_characters());
      case '^': return assertion(PatternOp::text_begin);
      case '$': return assertion(PatternOp::text_end);
      case '\\': return escaped(begin);
      case '*':
      case '+':
      case '?': fail(begin, kNothingToRepeat); return {};
      default: return literal(character);
    }
  }

  Fragment group(std::size_t begin) {
    if (next_is('?') && pattern_.substr(at_, 2) != "?:") {
      fail(begin, refused_group(pattern_.substr(at_ + 1)));
      return {};
    }
    if (take('?')) take(':');
    if (depth_ == kPatternDepthMax) {
      fail(begin, "groups are nested deeper than " + std::to_string(kPatternDepthMax));
      return {};
    }
    ++depth_;
    Fragment inner = alternatives();
    --depth_;
    if (!take(')')) fail(begin, "this group is not closed; write '\\\\(' to mean a parenthesis");
    inner.is_assertion = false;
    return inner;
  }

  static std::string refused_group(std::string_view after) {
    const char first = after.empty() ? '\0' : after[0];
    const char second = after.size() < 2 ? '\0' : after[1];
    const bool is_behind = first == '<' && (second == '=' || second == '!');
    if (first == '=' || first == '!' || is_behind) {
      return "look-around is not possible in a pattern that never slows down; write it as a second condition";
    }
    if (first == '<' || first == 'P') return "groups have no names here; write '(' or '(?:'";
    return "unknown kind of group; there are '(', '(?:' and, at the start of the pattern, '(?i)'";
  }

  static Fragment assertion(PatternOp op) { return {{instruction(op)}, true}; }

  Fragment literal(std::uint32_t character) {
    CharacterSet cases;
    cases.add(character, character);
    if (ignore_case_) cases.add_other_case();
    if (cases.ranges().size() > 1 || cases.ranges()[0].first != cases.ranges()[0].last) return set(cases);
    return {{instruction(PatternOp::character, 0, character)}};
  }

  // One copy of equal sets is kept.
  Fragment set(const CharacterSet& characters) {
    const std::vector<PatternRange>& ranges = characters.ranges();
    if (ranges.size() > kPatternRangesMax) {
      fail(at_, "a class of more than " + std::to_string(kPatternRangesMax) + " ranges");
      return {};
    }
    const auto is_same = [](const PatternRange& a, const PatternRange& b) {
      return a.first == b.first && a.last == b.last;
    };
    std::vector<PatternRange>& all = compiled_.ranges;
    auto place = std::search(all.begin(), all.end(), ranges.begin(), ranges.end(), is_same);
    if (place == all.end()) place = all.insert(all.end(), ranges.begin(), ranges.end());
    return {{instruction(PatternOp::set, ranges.size(), static_cast<std::uint32_t>(place - all.begin()))}};
  }

  Fragment escaped(std::size_t begin) {
    if (next_is('b') || next_is('B')) {
      return assertion(pattern_[at_++] == 'b' ? PatternOp::word_boundary : PatternOp::no_word_boundary);
    }
    if (const auto characters = class_escape()) return set(*characters);
    const std::uint32_t character = character_escape(begin);
    return error_ ? Fragment{} : literal(character);
  }

  // `\d \D \w \W \s \S`, taken if they are next.
  std::optional<CharacterSet> class_escape() {
    if (at_end()) return std::nullopt;
    const char letter = pattern_[at_];
    CharacterSet characters;
    switch (letter | 0x20) {
      case 'd': characters = digit_characters(); break;
      case 'w': characters = word_characters(); break;
      case 's': characters = space_characters(); break;
      default: return std::nullopt;
    }
    ++at_;
    return letter >= 'a' ? characters : characters.complement();
  }

  // The character an escape stands for; the `\` at `begin` is taken.
  std::uint32_t character_escape(std::size_t begin) {
    if (at_end()) {
      fail(begin, "the pattern ends in an escape; write '\\\\\\\\' to mean a backslash");
      return 0;
    }
    const std::uint32_t letter = take_character();
    const bool digit_follows = !at_end() && pattern_[at_] >= '0' && pattern_[at_] <= '9';
    switch (letter) {
      case 'n': return '\n';
      case 't': return '\t';
      case 'r': return '\r';
      case 'f': return '\f';
      case 'v': return '\v';
      case 'x': return hexadecimal(begin, 2);
      case 'u': return unicode_escape(begin);
      case '0':
        if (!digit_follows) return 0;
        break;
      default: break;
    }
    const bool is_letter = (letter | 0x20) >= 'a' && (letter | 0x20) <= 'z';
    const bool is_digit = letter >= '0' && letter <= '9';
    if (letter >= ' ' && letter < 0x7f && !is_letter && !is_digit) return letter;
    fail(begin, refused_escape(letter, is_digit));
    return 0;
  }

  std::string refused_escape(std::uint32_t letter, bool is_digit) const {
    if (is_digit || letter == 'k') {
      return "back-references are not possible in a pattern that never slows down";
    }
    if (letter == 'A') return "unknown escape; the start of the text is '^'";
    if (letter == 'z' || letter == 'Z') return "unknown escape; the end of the text is '$'";
    if (letter == 'p' || letter == 'P')
      return "Unicode properties are not known here; write a class, such as '[a-zà-ÿ]'";
    return "unknown escape; there are '\\\\d \\\\w \\\\s \\\\b \\\\n \\\\t \\\\xHH \\\\uHHHH' and those of "
           "punctuation";
  }

  std::uint32_t hexadecimal(std::size_t begin, std::size_t digits) {
    std::uint32_t number = 0;
    for (std::size_t i = 0; i < digits; ++i, ++at_) {
      const char c = at_end() ? '\0' : pattern_[at_];
      const char lower = static_cast<char>(c | 0x20);
      if (c >= '0' && c <= '9') {
        number = number * 16 + static_cast<std::uint32_t>(c - '0');
      } else if (lower >= 'a' && lower <= 'f') {
        number = number * 16 + static_cast<std::uint32_t>(lower - 'a' + 10);
      } else {
        fail(begin, "this escape takes " + std::to_string(digits) + " hexadecimal digits");
        return 0;
      }
    }
    return number;
  }

  // `\uHHHH`, or two of them that are one character.
  std::uint32_t unicode_escape(std::size_t begin) {
    const std::uint32_t first = hexadecimal(begin, 4);
    if (first < 0xd800 || first >= 0xe000) return first;
    if (first < 0xdc00 && pattern_.substr(std::min(at_, pattern_.size()), 2) == "\\u") {
      at_ += 2;
      const std::uint32_t second = hexadecimal(begin, 4);
      if (second >= 0xdc00 && second < 0xe000) return 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00);
    }
    fail(begin, "half of a character; write both halves, '\\\\uD83D\\\\uDE00'");
    return 0;
  }

  // A class; its `[` at `begin` is taken.
  CharacterSet bracketed(std::size_t begin) {
    const bool is_negated = take('^');
    CharacterSet characters;
    if (next_is(']')) {
      fail(begin, "an empty class; write '\\\\]' to mean the bracket, '[\\\\s\\\\S]' for any character");
    }
    while (!at_end() && !next_is(']')) class_item(characters);
    if (!take(']')) fail(begin, "this class is not closed; write '\\\\[' to mean a bracket");
    if (ignore_case_) characters.add_other_case();
    return is_negated ? characters.complement() : characters;
  }

  // `a`, `a-z` or `\w`. A `-` that is first, last or behind a class is itself.
  void class_item(CharacterSet& characters) {
    const std::size_t begin = at_;
    if (take('\\')) {
      if (const auto inner = class_escape()) {
        characters.add(*inner);
        if (next_is('-') && pattern_.substr(at_ + 1, 1) != "]") refuse_range(at_);
        return;
      }
      at_ = begin;
    }
    const std::uint32_t first = class_character();
    std::uint32_t last = first;
    if (next_is('-') && at_ + 1 < pattern_.size() && pattern_[at_ + 1] != ']') {
      const std::size_t dash = at_++;
      const std::size_t end = at_;
      if (take('\\')) {
        if (class_escape()) return refuse_range(dash);
        at_ = end;
      }
      last = class_character();
      if (last < first) return fail(begin, "this range of characters stands in the wrong order");
    }
    if (!error_) characters.add(first, last);
  }

  void refuse_range(std::size_t dash) {
    fail(dash, "a range ends in single characters; write '\\\\-' to mean the dash");
  }

  std::uint32_t class_character() {
    const std::size_t begin = at_;
    if (!take('\\')) return take_character();
    return take('b') ? '\b' : character_escape(begin);
  }

  std::string_view pattern_;
  bool ignore_case_;
  std::size_t at_ = 0;
  int depth_ = 0;
  CompiledPattern compiled_;
  std::optional<PatternError> error_;
};

}  // namespace

CompiledPattern compile_pattern(std::string_view pattern, bool ignore_case) {
  return PatternParser(pattern, ignore_case).parse();
}

std::string quoted_pattern(std::string_view text) {
  constexpr std::string_view kMeaningful = "\\^$.|?*+()[]{}";
  std::string pattern;
  for (const char c : text) {
    if (kMeaningful.find(c) != std::string_view::npos) pattern += '\\';
    pattern += c;
  }
  return pattern;
}

}  // namespace desirepath::compiler
