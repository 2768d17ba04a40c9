// Promise 1 where the engine alone can break it: time can be cut anywhere, state can be carried anywhere, and
// looking changes nothing.

#include <doctest/doctest.h>

#include "tests/property/engine_run.hpp"
#include "tests/property/property_run.hpp"

using namespace desirepath;
using namespace desirepath::tests;

namespace {

void append(std::string& log, const std::vector<std::string>& lines) {
  for (const std::string& line : lines) log += line + "\n";
}

// The decisions and moves of a whole life, and the state at its end.
struct Life {
  std::string log;
  std::string state;
};

// `between` is called with each stretch of time in which nothing happens.
template <typename Between>
Life life_of(const Case& tried, Effects effects, Between between) {
  EngineRun engine(tried.journey, effects);
  Life life;
  for (std::size_t i = 0; i < tried.events.size(); ++i) {
    append(life.log, engine.happen(tried.events[i]));
    const std::int64_t now = time_of(tried.events[i]);
    const std::int64_t next = i + 1 < tried.events.size() ? time_of(tried.events[i + 1]) : now + kAfterwards;
    between(engine, life.log, now, next);
  }
  append(life.log, engine.pass_time(time_of(tried.events.back()) + kAfterwards));
  life.state = engine.state_bytes();
  return life;
}

std::string difference(const Life& one, const Life& other) {
  if (one.log != other.log) return "the decisions differ:\n" + one.log + "against\n" + other.log;
  return one.state == other.state ? "" : "the states differ";
}

const auto nothing = [](EngineRun&, std::string&, std::int64_t, std::int64_t) {};

Effects random_effects(Random& random) {
  return random.chance(50) ? Effects::at_once : Effects::recorded;
}

}  // namespace

TEST_CASE("waking early, often or not at all between events changes nothing") {
  for_random_cases(50, [](const Case& tried, Random random) -> std::string {
    const Effects effects = random_effects(random);
    const Life plain = life_of(tried, effects, nothing);
    const Life woken = life_of(
        tried, effects, [&](EngineRun& engine, std::string& log, std::int64_t now, std::int64_t next) {
          for (int wakes = random.between(0, 3); wakes > 0 && next > now; --wakes) {
            now += static_cast<std::int64_t>(random.next() % static_cast<std::uint64_t>(next - now));
            append(log, engine.pass_time(now));
          }
          if (random.chance(30) && engine.next_wake_ms() < next) {
            append(log, engine.pass_time(engine.next_wake_ms()));
          }
        });
    return difference(plain, woken);
  });
}

TEST_CASE("a state taken out as bytes and put back anywhere goes on the same") {
  for_random_cases(20, [](const Case& tried, Random random) {
    const Effects effects = random_effects(random);
    const Life plain = life_of(tried, effects, nothing);
    const Life carried =
        life_of(tried, effects, [](EngineRun& engine, std::string&, auto, auto) { engine.carry(); });
    return difference(plain, carried);
  });
}

TEST_CASE("reading everything at any time writes nothing") {
  for_random_cases(20, [](const Case& tried, Random random) {
    std::string written;
    life_of(tried, random_effects(random),
            [&](EngineRun& engine, std::string&, std::int64_t now, std::int64_t next) {
              const std::string before = engine.state_bytes();
              engine.facts(now);
              engine.facts(next);
              if (engine.state_bytes() != before) written = "a reading wrote";
            });
    return written;
  });
}
