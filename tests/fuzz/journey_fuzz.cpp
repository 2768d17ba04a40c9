// Any text as a journey: diagnostics, or two programs that load.
#include <cstdlib>
#include <string_view>

#include "sdk/compiler/compile.hpp"
#include "sdk/engine/program.hpp"

using namespace desirepath;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto result = compiler::compile_journey({reinterpret_cast<const char*>(data), size}, "j.json");
  if (!result.journey) {
    if (result.diagnostics.empty()) std::abort();
    return 0;
  }
  if (Program::load(result.journey->program).error != ProgramError::none) std::abort();
  if (Program::load(result.journey->device_program).error != ProgramError::none) std::abort();
  return 0;
}
