// Any bytes as a state: refused, or safe to look at and to go on from.
#include "tests/fuzz/exercise.hpp"
#include "tests/fuzz/fuzz_journey.hpp"

using namespace desirepath;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const LoadedProgram loaded = Program::load(fuzz::program_bytes());
  EngineHost host(loaded.program);
  if (!host.adopt({data, size})) return 0;
  fuzz::look(loaded.program, host.state());
  fuzz::live(host);
  fuzz::look(loaded.program, host.state());
  return 0;
}
