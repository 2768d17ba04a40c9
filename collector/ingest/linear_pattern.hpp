// A regular expression that takes time linear in the text, whatever it says: the engine's patterns
// (sdk/compiler/pattern_compiler.hpp), alone.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sdk/engine/program.hpp"
#include "tl/expected.hpp"

namespace desirepath::collector {

// Immutable; any thread.
class LinearPattern {
 public:
  // What is wrong with it, where it is not understood or too large.
  static tl::expected<LinearPattern, std::string> compile(std::string_view pattern);

  // Whether it matches anywhere in the text.
  bool found_in(std::string_view text) const;

 private:
  LinearPattern(std::vector<std::uint8_t> bytes, const Program& program)
      : bytes_(std::move(bytes)), program_(program) {}
  std::vector<std::uint8_t> bytes_;
  Program program_;  // reads `bytes_` in place, which moving keeps where they are
};

}  // namespace desirepath::collector
