// Any bytes as a program: refused, or safe to live with and to look at.
#include <vector>

#include "tests/fuzz/exercise.hpp"

using namespace desirepath;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::vector<std::uint8_t> bytes(data, data + size);
  const LoadedProgram loaded = Program::load(bytes);
  if (loaded.error != ProgramError::none) return 0;
  EngineHost host(loaded.program);
  fuzz::live(host);
  fuzz::look(loaded.program, host.state());
  return 0;
}
