// Any bytes as a program: refused, or safe to step.
#include <vector>

#include "sdk/engine/engine_host.hpp"
#include "sdk/engine/step.hpp"

using namespace desirepath;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::vector<std::uint8_t> bytes(data, data + size);
  const LoadedProgram loaded = Program::load(bytes);
  if (loaded.error != ProgramError::none) return 0;
  EngineHost host(loaded.program);
  for (std::uint32_t i = 0; i < loaded.program.events().size() && i < 16; ++i) {
    const Event event{1000 + i, EventType::track, "m", loaded.program.string(loaded.program.events()[i].name),
                      host.facts()};
    Outcome outcome = host.outcome();
    if (step(loaded.program, host.state(), event, Effects::at_once, outcome) == StepError::state_full)
      return 0;
  }
  Outcome outcome = host.outcome();
  (void)wake(loaded.program, host.state(), 1LL << 40, Effects::at_once, outcome);
  return 0;
}
