#include "sdk/compiler/compile.hpp"

#include <set>

#include "sdk/compiler/journey.hpp"
#include "sdk/compiler/lint.hpp"
#include "sdk/compiler/program_emitter.hpp"
#include "sdk/compiler/public_text.hpp"
#include "sdk/engine/limits.hpp"
#include "sdk/engine/program.hpp"

namespace desirepath::compiler {

namespace {

// Conditions and contents have been looked at in their place; here is all else a device program shows, such
// as the names of events and slots.
void check_public(const EmittedProgram& program, const JsonNode& root, Diagnostics& diagnostics) {
  std::set<std::string> shown;
  for (const std::string& text : program.texts) {
    if (!find_email(text).empty()) shown.insert(text);
  }
  if (!shown.empty()) refuse_shown_emails(root, shown, diagnostics);
  if (shown.empty() || diagnostics.has_errors()) return;
  diagnostics.error(0, "the device program is public and says '" + *shown.begin() +
                           "', which looks like an e-mail address");
}

// What the engine would say of the program, said here.
void check_program(const EmittedProgram& program, Target target, Diagnostics& diagnostics) {
  if (diagnostics.has_errors()) return;
  const std::string name = target == Target::device ? "the device program" : "the program";
  if (program.bytes.size() > kProgramBytesMax) {
    diagnostics.error(0, name + " takes " + std::to_string(program.bytes.size()) + " B, over the limit of " +
                             std::to_string(kProgramBytesMax) + " B");
    return;
  }
  const LoadedProgram loaded = Program::load(program.bytes);
  if (loaded.error == ProgramError::none) return;
  diagnostics.error(0, name + " is refused by the engine at byte " + std::to_string(loaded.offset) +
                           "; this is a mistake of the compiler");
}

}  // namespace

CompileResult compile_journey(std::string_view text, std::string_view file) {
  CompileResult result;
  Diagnostics diagnostics(file, text);
  const std::unique_ptr<JsonNode> root = parse_json(text, diagnostics);
  if (root != nullptr) {
    const Journey journey = read_journey(*root, text, diagnostics);
    lint_journey(journey, diagnostics);
    EmittedProgram full = emit_program(journey, *root, text, Target::full, diagnostics);
    EmittedProgram device = emit_program(journey, *root, text, Target::device, diagnostics);
    check_public(device, *root, diagnostics);
    check_program(full, Target::full, diagnostics);
    check_program(device, Target::device, diagnostics);
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
