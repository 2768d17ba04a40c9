#include "sdk/engine/pattern.hpp"

#include <cstddef>

#include "sdk/engine/limits.hpp"
#include "sdk/engine/utf8.hpp"

namespace desirepath {

using namespace format;

namespace {

bool is_word(std::uint32_t code_point) noexcept {
  const std::uint32_t lower = code_point | 0x20;
  return (lower >= 'a' && lower <= 'z') || (code_point >= '0' && code_point <= '9') || code_point == '_';
}

// A place between two characters, as assertions see it.
struct Place {
  bool at_begin;
  bool at_end;
  bool at_word_boundary;
};

// Distinct instructions of one pattern.
struct Threads {
  std::uint16_t at[kPatternInstructionsMax];
  std::uint32_t count = 0;
};

class PatternMachine {
 public:
  PatternMachine(const Program& program, std::uint32_t pattern) noexcept
      : code_(&program.pattern_code()[program.patterns()[pattern].code.begin]),
        size_(program.patterns()[pattern].code.end - program.patterns()[pattern].code.begin),
        ranges_(program.pattern_ranges()) {}

  PatternSearch search(std::string_view text) noexcept {
    bool after_word = false;
    std::size_t at = 0;
    while (true) {
      const bool at_end = at == text.size();
      const Character next = at_end ? Character{0, 0} : read_character({text.data() + at, text.size() - at});
      const bool before_word = is_word(next.code_point);
      if (advance({at == 0, at_end, before_word != after_word})) return {true, steps_};
      if (at_end) return {false, steps_};
      read(next.code_point);
      after_word = before_word;
      at += next.bytes;
    }
  }

 private:
  // From the instructions arrived at, and from the pattern's start, to all that read a character next. True
  // when the match is complete.
  bool advance(const Place& place) noexcept {
    for (std::uint32_t i = 0; i <= size_ / 32; ++i) seen_[i] = 0;
    reading_.count = 0;
    pending_.count = 0;
    visit(0);
    for (std::uint32_t i = 0; i < arrived_.count; ++i) visit(arrived_.at[i]);
    while (pending_.count > 0) {
      const std::uint16_t at = pending_.at[--pending_.count];
      const PatternInstruction& instruction = code_[at];
      ++steps_;
      bool goes_on = false;
      switch (static_cast<PatternOp>(instruction.op)) {
        case PatternOp::match: return true;
        case PatternOp::character:
        case PatternOp::set: reading_.at[reading_.count++] = at; break;
        case PatternOp::split:
          visit(instruction.target);
          goes_on = true;
          break;
        case PatternOp::jump: visit(instruction.target); break;
        case PatternOp::text_begin: goes_on = place.at_begin; break;
        case PatternOp::text_end: goes_on = place.at_end; break;
        case PatternOp::word_boundary: goes_on = place.at_word_boundary; break;
        default: goes_on = !place.at_word_boundary; break;
      }
      if (goes_on) visit(static_cast<std::uint16_t>(at + 1));
    }
    return false;
  }

  void visit(std::uint16_t at) noexcept {
    const std::uint32_t bit = 1u << at % 32;
    if ((seen_[at / 32] & bit) != 0) return;
    seen_[at / 32] |= bit;
    pending_.at[pending_.count++] = at;
  }

  void read(std::uint32_t code_point) noexcept {
    arrived_.count = 0;
    steps_ += reading_.count;
    for (std::uint32_t i = 0; i < reading_.count; ++i) {
      const std::uint16_t at = reading_.at[i];
      if (accepts(code_[at], code_point)) arrived_.at[arrived_.count++] = static_cast<std::uint16_t>(at + 1);
    }
  }

  bool accepts(const PatternInstruction& instruction, std::uint32_t code_point) const noexcept {
    if (instruction.op == static_cast<std::uint8_t>(PatternOp::character)) {
      return instruction.operand == code_point;
    }
    std::uint32_t low = instruction.operand;
    std::uint32_t high = low + instruction.target;
    while (low < high) {
      const std::uint32_t middle = low + (high - low) / 2;
      if (code_point > ranges_[middle].last) {
        low = middle + 1;
      } else if (code_point < ranges_[middle].first) {
        high = middle;
      } else {
        return true;
      }
    }
    return false;
  }

  const PatternInstruction* code_;
  std::uint32_t size_;
  Records<PatternRange> ranges_;
  std::uint64_t steps_ = 0;
  Threads arrived_;
  Threads pending_;
  Threads reading_;
  std::uint32_t seen_[kPatternInstructionsMax / 32 + 1];
};

bool is_sound(const Program& program, const PatternInstruction& instruction, std::uint32_t at,
              std::uint32_t size) noexcept {
  const auto op = static_cast<PatternOp>(instruction.op);
  if (op >= PatternOp::count_) return false;
  const bool ends_here = op == PatternOp::match || op == PatternOp::jump;
  if (!ends_here && at + 1 == size) return false;
  if (op == PatternOp::split || op == PatternOp::jump) return instruction.target < size;
  if (op == PatternOp::set) {
    const std::uint64_t end = std::uint64_t{instruction.operand} + instruction.target;
    return end <= program.pattern_ranges().size() && instruction.target <= kPatternRangesMax;
  }
  return op != PatternOp::character || instruction.operand <= kCodePointMax;
}

}  // namespace

PatternSearch search_pattern(const Program& program, std::uint32_t pattern, std::string_view text) noexcept {
  return PatternMachine(program, pattern).search(text);
}

const void* unsound_pattern_part(const Program& program) noexcept {
  std::uint32_t begin = 0;
  for (std::uint32_t i = 0; i < program.patterns().size(); ++i) {
    const PatternRecord& pattern = program.patterns()[i];
    const std::uint32_t end = pattern.code.end;
    if (pattern.code.begin != begin || end <= begin || end > program.pattern_code().size() ||
        end - begin > kPatternInstructionsMax) {
      return &pattern;
    }
    for (std::uint32_t at = begin; at < end; ++at) {
      const PatternInstruction& instruction = program.pattern_code()[at];
      if (!is_sound(program, instruction, at - begin, end - begin)) return &instruction;
    }
    begin = end;
  }
  for (std::uint32_t i = 0; i < program.pattern_ranges().size(); ++i) {
    const PatternRange& range = program.pattern_ranges()[i];
    if (range.first > range.last || range.last > kCodePointMax) return &range;
  }
  return nullptr;
}

}  // namespace desirepath
