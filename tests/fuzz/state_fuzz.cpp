// Any bytes as a state: refused, or safe to go on from.
#include "sdk/engine/engine_host.hpp"
#include "sdk/engine/step.hpp"
#include "tests/fuzz/fuzz_journey.hpp"

using namespace desirepath;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const LoadedProgram loaded = Program::load(fuzz::program_bytes());
  EngineHost host(loaded.program);
  if (!host.adopt({data, size})) return 0;
  for (const char* name : {"E", "O", "E"}) {
    const Event event{host.state().clock_ms() < 0 ? 0 : host.state().clock_ms(), EventType::track, "m", name,
                      host.facts()};
    Outcome outcome = host.outcome();
    if (step(loaded.program, host.state(), event, Effects::at_once, outcome) != StepError::none) return 0;
  }
  Outcome outcome = host.outcome();
  (void)wake(loaded.program, host.state(), 1LL << 47, Effects::at_once, outcome);
  return 0;
}
