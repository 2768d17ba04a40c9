// Prints a digest for each of the first seeds: of all decisions and moves, and of the state's bytes after
// each event. Every build of the engine prints the same.
//
//   desirepath_property_digest COUNT

#include <cinttypes>
#include <cstdio>
#include <cstdlib>

#include "tests/property/engine_run.hpp"

namespace {

using namespace desirepath;
using namespace desirepath::tests;

// FNV-1a, 64 bits.
void add(std::uint64_t& digest, const std::string& text) {
  for (const char c : text) digest = (digest ^ static_cast<std::uint8_t>(c)) * 1099511628211u;
}

std::uint64_t digest_of(const Case& tried, Effects effects) {
  std::uint64_t digest = 14695981039346656037u;
  EngineRun engine(tried.journey, effects);
  for (const Json& event : tried.events) {
    for (const std::string& line : engine.happen(event)) add(digest, line);
    add(digest, engine.state_bytes());
  }
  return digest;
}

}  // namespace

int main(int argc, char** argv) {
  const std::uint64_t count = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 1;
  for (std::uint64_t seed = 1; seed <= count; ++seed) {
    const Case tried = random_case(seed);
    std::printf("%" PRIu64 " %016" PRIx64 " %016" PRIx64 "\n", seed, digest_of(tried, Effects::at_once),
                digest_of(tried, Effects::recorded));
  }
  return 0;
}
