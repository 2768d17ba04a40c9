// Prints three digests for each of the first seeds: of all decisions and moves, and of the state's bytes
// after each event, where fired decisions count at once, where recorded effects do, and where a new version
// of the journey takes over. Every build of the engine prints the same.
//
//   desirepath_property_digest COUNT

#include <cinttypes>
#include <cstdio>
#include <cstdlib>

#include "tests/property/engine_run.hpp"

namespace {

using namespace desirepath;
using namespace desirepath::tests;

constexpr std::uint64_t kNothing = 14695981039346656037u;

// FNV-1a, 64 bits.
void add(std::uint64_t& digest, const std::string& text) {
  for (const char c : text) digest = (digest ^ static_cast<std::uint8_t>(c)) * 1099511628211u;
}

void add_event(std::uint64_t& digest, EngineRun& engine, const Json& event) {
  for (const std::string& line : engine.happen(event)) add(digest, line);
  add(digest, engine.state_bytes());
}

std::uint64_t digest_of(const Case& tried, Effects effects) {
  std::uint64_t digest = kNothing;
  EngineRun engine(tried.journey, effects);
  for (const Json& event : tried.events) add_event(digest, engine, event);
  return digest;
}

std::uint64_t digest_of_succession(const Case& tried) {
  std::uint64_t digest = kNothing;
  EngineRun first(tried.journey, Effects::recorded);
  EngineRun second(tried.successor, Effects::recorded);
  bool has_taken_over = false;
  const auto take_over = [&] {
    for (const std::string& line : first.pass_time(tried.successor_since_ms)) add(digest, line);
    has_taken_over = second.take_over(first, tried.successor_since_ms);
    add(digest, second.state_bytes());
  };
  for (const Json& event : tried.events) {
    const std::int64_t now_ms = time_of(event);
    if (!has_taken_over && now_ms >= tried.successor_since_ms) take_over();
    add_event(digest, has_taken_over ? second : first, event);
    if (!has_taken_over) second.learn(event);
  }
  if (!has_taken_over) take_over();
  return digest;
}

}  // namespace

int main(int argc, char** argv) {
  const std::uint64_t count = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 1;
  for (std::uint64_t seed = 1; seed <= count; ++seed) {
    const Case tried = random_succession(seed);
    std::printf("%" PRIu64 " %016" PRIx64 " %016" PRIx64 " %016" PRIx64 "\n", seed,
                digest_of(tried, Effects::at_once), digest_of(tried, Effects::recorded),
                digest_of_succession(tried));
  }
  return 0;
}
