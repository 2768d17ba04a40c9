// Patterns (`$regex`) to the code that sdk/engine/pattern.hpp runs. The language is that of JavaScript's
// regular expressions as far as it can be searched in linear time: literals, `.`, classes, `^ $ \b \B`,
// groups, alternation and repeats. Only whether a pattern matches is asked, so that groups capture nothing
// and a lazy repeat is a repeat.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sdk/engine/program_format.hpp"

namespace desirepath::compiler {

struct PatternError {
  std::size_t at;  // byte of the pattern
  std::string text;
};

struct CompiledPattern {
  std::vector<format::PatternInstruction> code;  // operands of sets count from the first of `ranges`
  std::vector<format::PatternRange> ranges;
  std::optional<PatternError> error;  // the first one; then there is no code
};

// `pattern` is valid UTF-8. A pattern that begins with `(?i)` ignores case too.
CompiledPattern compile_pattern(std::string_view pattern, bool ignore_case);

// A pattern that matches this text and nothing else.
std::string quoted_pattern(std::string_view text);

}  // namespace desirepath::compiler
