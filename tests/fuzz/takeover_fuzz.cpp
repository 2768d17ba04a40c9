// Any bytes as the states on both sides of a takeover: refused, or safe to take over from one program to the
// other and to go on from.
//
//   u8 lowest bit: to the earlier program, not from it · time · u16 bytes of the state before · states
#include <algorithm>

#include "sdk/engine/takeover.hpp"
#include "tests/fuzz/exercise.hpp"
#include "tests/fuzz/fuzz_journey.hpp"

using namespace desirepath;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::size_t kHead = 1 + kTimeBytes + 2;
  static const LoadedProgram newer = Program::load(fuzz::program_bytes());
  static const LoadedProgram earlier = Program::load(fuzz::earlier_program_bytes());
  if (size < kHead) return 0;
  const bool is_back = (data[0] & 1) != 0;
  EngineHost before((is_back ? newer : earlier).program);
  EngineHost host((is_back ? earlier : newer).program);
  const std::size_t split = std::min<std::size_t>(load<std::uint16_t>(data + 1 + kTimeBytes), size - kHead);
  if (!before.adopt({data + kHead, split})) return 0;
  if (!host.adopt({data + kHead + split, size - kHead - split})) return 0;
  const std::int64_t time_ms = load_time(data + 1);
  if (!take_over(host.program(), host.state(), before.program(), before.state(), time_ms)) return 0;
  fuzz::look(host.program(), host.state());
  fuzz::live(host);
  return 0;
}
