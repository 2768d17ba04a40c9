// Any bytes as event records, one behind the other, each after its u16 length: refused, or safe to fold and
// to look at afterwards.
#include <algorithm>

#include "tests/fuzz/exercise.hpp"
#include "tests/fuzz/fuzz_journey.hpp"

using namespace desirepath;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const LoadedProgram loaded = Program::load(fuzz::program_bytes());
  EngineHost host(loaded.program);
  const auto ignore = [](const Outcome&) {};
  for (std::size_t at = 0; at + 2 <= size;) {
    const std::size_t length = std::min<std::size_t>(load<std::uint16_t>(data + at), size - at - 2);
    const DecodedEvent decoded = decode_event_record(loaded.program, {data + at + 2, length}, host.facts());
    at += 2 + length;
    if (decoded.error != EventError::none) continue;
    if (host.step(decoded.event, Effects::recorded, ignore) == StepError::state_full) return 0;
  }
  fuzz::look(loaded.program, host.state());
  return 0;
}
