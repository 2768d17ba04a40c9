#include <doctest/doctest.h>

#include "sdk/engine/features.hpp"
#include "tests/journey_fixture.hpp"

using namespace desirepath;
using namespace desirepath::tests;

namespace {

// What the compiler says of one behavior; its JSON begins in line 2, column 18.
std::string said_of(std::string_view behavior, std::string_view more = "") {
  const std::string text =
      "{\"schema\":\"desirepath/journey/1\",\"journey\":\"t\",\"version\":1,\n\"behaviors\":{\"b\":" +
      std::string(behavior) + "}" + std::string(more) + "}";
  return all_of(compiler::compile_journey(text, "j.json").diagnostics);
}

void says(std::string_view behavior, std::string_view expected) {
  const std::string said = said_of(behavior);
  INFO(said);
  INFO(expected);
  CHECK(said.find(expected) != std::string::npos);
}

std::uint32_t keep_of(const compiler::CompiledJourney& journey, bool device = false) {
  const LoadedProgram loaded = Program::load(device ? journey.device_program : journey.program);
  REQUIRE(loaded.error == ProgramError::none);
  REQUIRE(loaded.program.behaviors().size() == 1);
  return loaded.program.behaviors()[0].keep;
}

std::uint32_t features_of(const char* behavior) {
  const auto journey = compile(std::string(R"("behaviors":{"b":)") + behavior + "}");
  return Program::load(journey.program).program.header().features;
}

}  // namespace

TEST_CASE("a behavior is one thing") {
  says(R"({"event":"E","sum":"properties.a","max":"properties.b"})",
       "j.json:2:58: error: behavior 'b' has both 'sum' and 'max'");
  says(R"({"event":"E","last":"properties.a","sequence":[{"event":"A"},{"event":"B"}]})",
       "error: behavior 'b' has both 'last' and 'sequence'");
  says(R"({"event":"E","smu":"properties.a"})",
       "error: unknown key 'smu' in behavior 'b' (did you mean 'sum'?)");
  says(R"({"event":"E","min":"traits.a"})",
       "error: a behavior reads a fact of its event, such as 'properties.revenue', not 'traits.a'");
  says(R"({"event":"E","distinct":"properties"})", "error: a behavior reads a fact of its event");
}

TEST_CASE("keys stand where they mean something") {
  says(R"({"sequence":[{"event":"A"},{"event":"B"}],"event":"E"})",
       "'event' of behavior 'b': a sequence says its events in its steps");
  says(R"({"sequence":[{"event":"A"},{"event":"B"}],"where":{"properties.v":1}})",
       "'where' of behavior 'b': a sequence says its events in its steps");
  says(R"({"event":"E","not_between":{"event":"X"}})", "'not_between' of behavior 'b': only a 'sequence'");
  says(R"({"event":"E","half_life":"1d"})", "'half_life' of behavior 'b': only an 'affinity' fades");
  says(R"({"event":"E","affinity":"properties.c","half_life":"1d","within":"7d"})",
       "'within' of behavior 'b': an affinity fades by its 'half_life'");
  says(R"({"event":"E","affinity":"properties.c"})", "error: behavior 'b' lacks 'half_life'");
  says(R"({"event":"E","keep":5})", "warning: 'keep' of behavior 'b' changes nothing");
  CHECK(said_of(R"({"event":"E","distinct":"properties.c","keep":5})") == "");
}

TEST_CASE("a sequence has two steps or more, each an event") {
  says(R"({"sequence":[{"event":"A"}]})",
       "j.json:2:30: error: the sequence of behavior 'b' needs 2 to 16 steps, not 1");
  says(R"({"sequence":[{"event":"A"},{"evnt":"B"}]})",
       "error: unknown key 'evnt' in a step of behavior 'b' (did you mean 'event'?)");
  says(R"({"sequence":[{"event":"A"},{"event":"B","where":{"stage":"x"}}]})",
       "error: 'stage' belongs to the profile; a 'where' reads the event alone");
  std::string steps = R"({"event":"A"})";
  for (int i = 0; i < 16; ++i) steps += R"(,{"event":"A"})";
  says("{\"sequence\":[" + steps + "]}", "needs 2 to 16 steps, not 17");
  says("{\"sequence\":[{\"event\":\"A\"},{\"event\":\"B\"}],\"not_between\":[" + steps + "]}",
       "'not_between' of behavior 'b' lists more than 16 events");
}

TEST_CASE("only an affinity has a place in its list") {
  const auto with = [](const char* behavior, const char* fact) {
    return said_of(behavior, std::string(R"(,"audiences":{"a":{")") + fact + R"(":"x"}})");
  };
  CHECK(with(R"({"event":"E","affinity":"properties.c","half_life":"1d"})", "behaviors.b.0") == "");
  CHECK(with(R"({"event":"E","last":"properties.c"})", "behaviors.b.0").find("unknown behavior 'b.0'") !=
        std::string::npos);
}

TEST_CASE("a distinct keeps what conditions compare it with, and a model reads it whole on every host") {
  const std::string trigger =
      R"(,"triggers":[{"id":"t","event":"E","when":{"behaviors.b":{"$gte":100}},"do":[{"channel":"web","slot":"s"}]}])";
  const std::string distinct = R"("behaviors":{"b":{"event":"E","distinct":"properties.c"}})";
  CHECK(keep_of(compile(distinct)) == 64);
  CHECK(keep_of(compile(distinct + trigger)) == 101);
  CHECK(keep_of(compile(distinct + trigger), true) == 101);

  const std::string count = R"("behaviors":{"b":{"event":"E","within":"1d"}})";
  const std::string few =
      R"(,"triggers":[{"id":"t","event":"E","when":{"behaviors.b":2,"propensity.m":{"$gt":0}},"do":[{"channel":"web","slot":"s"}]}])";
  const std::string model = R"(,"models":{"m":{"type":"logistic","terms":[{"fact":"FACT","weight":1}]}})";
  const auto reading = [&](const char* fact) {
    std::string text = model;
    text.replace(text.find("FACT"), 4, fact);
    return compile(count + text + few);
  };
  CHECK(keep_of(reading("stage_age"), true) == 3);
  CHECK(keep_of(reading("behaviors.b"), true) == 64);
}

TEST_CASE("a program says which of the engine's features its behaviors need") {
  CHECK(features_of(R"({"event":"E","sum":"properties.v"})") == kFeatureCore);
  for (const char* kind : {"min", "max", "first", "distinct"}) {
    const std::string behavior = std::string(R"({"event":"E",")") + kind + R"(":"properties.v"})";
    CHECK(features_of(behavior.c_str()) == (kFeatureCore | kFeatureExtremes));
  }
  CHECK(features_of(R"({"sequence":[{"event":"A"},{"event":"B"}]})") == (kFeatureCore | kFeatureSequence));
  CHECK(features_of(R"({"event":"E","affinity":"properties.v","half_life":"1d"})") ==
        (kFeatureCore | kFeatureAffinity));
}

TEST_CASE("a program that hides what it needs is refused") {
  const auto journey = compile(R"("behaviors":{"a":{"event":"E","min":"properties.v"},
    "b":{"sequence":[{"event":"A"},{"event":"B"}]},"c":{"event":"E","affinity":"properties.v","half_life":"1d"}},
    "scores":{"s":{"add":[{"event":"E","points":1}]}},
    "models":{"m":{"type":"logistic","terms":[{"fact":"scores.s","weight":1}]}})");
  std::vector<std::uint8_t> bytes = journey.program;
  const std::size_t at = offsetof(format::Header, features);
  const auto honest = load<std::uint32_t>(&bytes[at]);
  for (const std::uint32_t feature :
       {kFeatureExtremes, kFeatureSequence, kFeatureAffinity, kFeatureScore, kFeatureModel}) {
    CAPTURE(feature);
    REQUIRE((honest & feature) != 0);
    store(&bytes[at], honest & ~feature);
    CHECK(Program::load(bytes).error == ProgramError::inconsistent);
  }
}

TEST_CASE("a behavior the device cannot compute as the collector does is refused") {
  const std::string said = said_of(
      R"({"event":"E","distinct":"context.server.city"})",
      R"(,"triggers":[{"id":"t","event":"E","when":{"behaviors.b":2},"do":[{"channel":"web","slot":"s"}]}])");
  CHECK(said.find("only servers observe behavior 'b'") != std::string::npos);
}
