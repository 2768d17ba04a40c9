// Searches text for a pattern in time linear in the text, whatever the pattern. Method: Thompson (1968) and
// Pike's virtual machine as told by Russ Cox, "Regular Expression Matching: the Virtual Machine Approach"
// (2009): all states a match could be in advance together, one character at a time; none is ever tried again.
#pragma once

#include <cstdint>
#include <string_view>

#include "sdk/engine/program.hpp"

namespace desirepath {

struct PatternSearch {
  bool found = false;
  // Instructions looked at: at most twice the pattern's for each character and one more.
  std::uint64_t steps = 0;
};

// Whether `pattern` (an index of the program's patterns) matches anywhere in `text`. Text is UTF-8; a byte
// that is none counts as a character of its own that no letter equals and `.` and `[^…]` accept.
PatternSearch search_pattern(const Program& program, std::uint32_t pattern, std::string_view text) noexcept;

// For loading: the first record of a pattern, its code or its ranges that leads out of them or over a limit;
// null where there is none.
const void* unsound_pattern_part(const Program& program) noexcept;

}  // namespace desirepath
