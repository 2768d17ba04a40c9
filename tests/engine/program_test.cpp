#include "sdk/engine/program.hpp"

#include <doctest/doctest.h>

#include <random>

#include "sdk/engine/behavior.hpp"
#include "sdk/engine/stage.hpp"
#include "tests/journey_fixture.hpp"

using namespace desirepath;
using namespace desirepath::format;
using namespace desirepath::tests;

namespace {

constexpr const char* kJourney = R"(
  "behaviors":{"views":{"event":"E","where":{"properties.c":"blue"},"within":"7d"},"spent":{"event":"O","sum":"properties.v"},
    "at":{"event":"O","last":"properties.at"}},
  "audiences":{"hot":{"behaviors.views":{"$gte":3}}},
  "purposes":{"p":{"cap":{"times":2,"per":"1d"}}},
  "channels":{"email":{"cap":{"times":2,"per":"7d"},"consent":"marketing"}},
  "stages":[{"id":"a","enter":{"event":"E"},"exit":{"event":"O"},"stuck_after":"2h"},{"id":"b","enter":{"event":"O","when":{"behaviors.spent":{"$gt":10}}}}],
  "triggers":[
    {"id":"t1","event":"E","when":{"audiences.hot":true,"properties.c":"blue","traits.plan":{"$in":["x","y"]}},"cap":{"times":1,"per":"1h"},"purpose":"p","do":[{"channel":"web","slot":"hero","content":{"a":1}}]},
    {"id":"t2","event":"E","when":{"properties.c":"red"},"do":[{"channel":"email"}]},
    {"id":"t5","event":"E","when":{"properties.c":{"$regex":"^(b|l)+[^x]u?","$vgt":"1.0"},"properties.tags":{"$elemMatch":{"k":{"$type":"string"}}}},"do":[{"channel":"email"}]},
    {"id":"t3","after":{"event":"E"},"absent":{"event":"O"},"for":"1h","when":{"stage":"a"},"promise":"ten","group":"g","do":[{"channel":"web","slot":"side"},{"channel":"email"}]},
    {"id":"t6","on":{"stage_stuck":"a"},"do":[{"channel":"email"}]},
    {"id":"t7","on":{"audience_enter":"hot"},"do":[{"channel":"web","slot":"side"}]},
    {"id":"t8","after":{"audience_leave":"hot"},"absent":[{"event":"O"},{"event":"X"}],"for":"1h","do":[{"channel":"email"}]},
    {"id":"t9","schedule":{"fact":"behaviors.at","offset":"-1h","time":"09:00"},"do":[{"channel":"email"}]},
    {"id":"t4","event":"E","promise":"twenty","group":"g","do":[{"channel":"web","slot":"hero"}]}],
  "promises":{"ten":{"contradicts":["twenty"],"for":"2h"}},
  "suppressions":{"s":{"when":{"behaviors.views":{"$gte":9}},"channels":["email"],"purposes":["p"]}},
  "experiments":[{"id":"x","holdout":0.1,"namespace":{"id":"n","range":[0,0.9]},"factors":{
    "wait":{"t3.for":["1h","2h","3h"]},"how":{"t3.do":["web","email"],"t4.enabled":[true,false]}}}],
  "holdout":0.1)";

std::vector<std::uint8_t> program_bytes() {
  return compile(kJourney).program;
}

// Runs whatever a program that passed can do.
void exercise(const Program& program) {
  EngineHost host(program);
  for (const char* name : {"E", "O", "Decision Exposed", "E", "O"}) {
    const auto tree = event_tree("properties", {{"c", "blue"},
                                                {"v", 5.0},
                                                {"at", "2026-01-01T20:00Z"},
                                                {"trigger", "t1"},
                                                {"purpose", "p"},
                                                {"channel", "web"}});
    bind_facts(program, Value::read(tree.data()), EventType::track, host.facts());
    const Event event{std::max<std::int64_t>(kStart, host.state().clock_ms()), EventType::track, "m", name,
                      host.facts()};
    Outcome outcome = host.outcome();
    if (step(program, host.state(), event, Effects::at_once, outcome) == StepError::state_full) return;
  }
  Outcome outcome = host.outcome();
  (void)wake(program, host.state(), kStart + kDay, Effects::at_once, outcome);
  for (std::uint32_t i = 0; i < program.behaviors().size(); ++i)
    read_behavior(program, host.state(), i, kStart);
  current_stage(program, host.state());
}

}  // namespace

TEST_CASE("the same journey gives the same bytes") {
  CHECK(program_bytes() == program_bytes());
}

TEST_CASE("a cut or lengthened program is refused") {
  const auto good = program_bytes();
  for (std::size_t size = 0; size < good.size(); ++size) {
    REQUIRE(Program::load({good.data(), size}).error != ProgramError::none);
  }
  auto longer = good;
  longer.push_back(0);
  CHECK(Program::load(longer).error == ProgramError::not_a_program);
}

TEST_CASE("a program of another version or of unknown features is refused by name") {
  auto bytes = program_bytes();
  bytes[4] = 9;
  CHECK(Program::load(bytes).error == ProgramError::unsupported);
  bytes = program_bytes();
  bytes[11] = 0x80;
  CHECK(Program::load(bytes).error == ProgramError::unsupported);
}

TEST_CASE("what is wrong in a program is told with its place") {
  const auto place_of = [](std::size_t at, std::uint32_t value) {
    auto bytes = program_bytes();
    store(&bytes[at], value);
    const LoadedProgram loaded = Program::load(bytes);
    CHECK(loaded.error != ProgramError::none);
    return loaded.offset;
  };
  const auto bytes = program_bytes();
  const auto start_of = [&](Section section) {
    return load<SectionEntry>(&bytes[kTableAt + static_cast<std::size_t>(section) * sizeof(SectionEntry)])
        .offset;
  };
  CHECK(place_of(0, 0) == 0);
  CHECK(place_of(4, 9) == 4);
  CHECK(place_of(8, 0x80000000) == 8);
  CHECK(place_of(offsetof(Header, facts), 1000) == offsetof(Header, facts));
  const std::size_t node = start_of(Section::nodes) + offsetof(NodeRecord, end);
  CHECK(place_of(node, 0) == start_of(Section::nodes));
  const std::size_t kind = start_of(Section::behaviors) + offsetof(BehaviorRecord, kind);
  CHECK(place_of(kind, 77) == kind);
}

TEST_CASE("every single wrong byte is refused or harmless") {
  const auto good = program_bytes();
  std::size_t refused = 0;
  for (std::size_t at = 0; at < good.size(); ++at) {
    for (const int flip : {0x01, 0x80, 0xff}) {
      auto bytes = good;
      bytes[at] = static_cast<std::uint8_t>(bytes[at] ^ flip);
      const LoadedProgram loaded = Program::load(bytes);
      if (loaded.error == ProgramError::none) {
        exercise(loaded.program);
      } else {
        ++refused;
      }
    }
  }
  CHECK(refused > good.size() / 2);
}

TEST_CASE("many wrong bytes are refused or harmless") {
  const auto good = program_bytes();
  std::mt19937 random(20261122);
  for (int round = 0; round < 20000; ++round) {
    auto bytes = good;
    for (int i = 0; i < 2 + round % 6; ++i)
      bytes[random() % bytes.size()] = static_cast<std::uint8_t>(random() % 5);
    const LoadedProgram loaded = Program::load(bytes);
    if (loaded.error == ProgramError::none) exercise(loaded.program);
  }
}
