// journey.json to programs.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sdk/compiler/diagnostic.hpp"

namespace desirepath::compiler {

// How profiles are unified; the collector's identity reads it, the engine does not.
struct IdentifierDeclaration {
  std::string type;                   // "userId", "email", …
  std::string trait;                  // the trait that carries it; empty for userId and anonymousId
  std::int32_t priority = 100;        // lower binds stronger
  bool unique = false;                // one profile has at most one value of it
  bool lowercase = false;             // "normalize": "lowercase"
  bool trusted_sources_only = false;  // claimed links are turned off
  std::int32_t links_max = 500;       // links beyond which a value is taken for a shared one
};

struct CompiledJourney {
  std::string name;
  std::int64_t version = 0;
  std::vector<std::uint8_t> program;         // full: the collector's
  std::vector<std::uint8_t> device_program;  // public: the closure of the web triggers, ids hashed
  std::vector<std::string> device_strings;   // every text in the device program, in its order
  std::vector<IdentifierDeclaration> identifiers;
};

struct CompileResult {
  std::optional<CompiledJourney> journey;  // absent when there is any error
  std::vector<Diagnostic> diagnostics;     // all of them, in the order of the source
};

// Compiles one journey. `file` is the name diagnostics carry. The same text gives the same bytes.
CompileResult compile_journey(std::string_view text, std::string_view file);

}  // namespace desirepath::compiler
