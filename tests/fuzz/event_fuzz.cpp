// Any bytes as an event record: refused, or safe to step.
#include "sdk/engine/engine_host.hpp"
#include "sdk/engine/step.hpp"
#include "tests/fuzz/fuzz_journey.hpp"

using namespace desirepath;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const LoadedProgram loaded = Program::load(fuzz::program_bytes());
  EngineHost host(loaded.program);
  const DecodedEvent decoded = decode_event_record(loaded.program, {data, size}, host.facts());
  if (decoded.error != EventError::none) return 0;
  Outcome outcome = host.outcome();
  (void)step(loaded.program, host.state(), decoded.event, Effects::recorded, outcome);
  return 0;
}
