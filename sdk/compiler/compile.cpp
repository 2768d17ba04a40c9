#include "sdk/compiler/compile.hpp"

#include "sdk/compiler/journey.hpp"
#include "sdk/compiler/lint.hpp"
#include "sdk/compiler/program_emitter.hpp"
#include "sdk/engine/program.hpp"

namespace desirepath::compiler {

CompileResult compile_journey(std::string_view text, std::string_view file) {
  CompileResult result;
  Diagnostics diagnostics(file, text);
  const std::unique_ptr<JsonNode> root = parse_json(text, diagnostics);
  if (root != nullptr) {
    const Journey journey = read_journey(*root, text, diagnostics);
    lint_journey(journey, diagnostics);
    EmittedProgram full = emit_program(journey, *root, text, Target::full, diagnostics);
    EmittedProgram device = emit_program(journey, *root, text, Target::device, diagnostics);
    if (!diagnostics.has_errors() && (Program::load(full.bytes).error != ProgramError::none ||
                                      Program::load(device.bytes).error != ProgramError::none)) {
      diagnostics.error(0, "the journey is too large to compile");
    }
    if (!diagnostics.has_errors()) {
      result.journey =
          CompiledJourney{journey.name, journey.version,    std::move(full.bytes), std::move(device.bytes),
                          device.texts, journey.identifiers};
    }
  }
  result.diagnostics = diagnostics.take();
  return result;
}

}  // namespace desirepath::compiler
