// A journey that was read without mistakes, to program bytes.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sdk/compiler/journey.hpp"

namespace desirepath::compiler {

enum class Target {
  full,    // the collector's: everything
  device,  // public: what the web triggers need, ids hashed unless declared public
};

struct EmittedProgram {
  std::vector<std::uint8_t> bytes;
  std::vector<std::string> texts;  // all a reader of the bytes can see
};

// Compiles all conditions and lays out the program. Mistakes inside conditions, unknown names and a state
// beyond its limit go to `diagnostics`; the bytes are meaningful only when there was none.
EmittedProgram emit_program(const Journey& journey, const JsonNode& root, std::string_view text,
                            Target target, Diagnostics& diagnostics);

}  // namespace desirepath::compiler
