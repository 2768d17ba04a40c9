#include <doctest/doctest.h>

#include "sdk/engine/features.hpp"
#include "sdk/engine/limits.hpp"
#include "tests/journey_fixture.hpp"

using namespace desirepath;
using namespace desirepath::tests;

namespace {

constexpr const char* kAround =
    R"("stages":[{"id":"look","enter":{"event":"View"}},{"id":"buy","enter":{"event":"Cart"},"stuck_after":"1d"}],
"behaviors":{"n":{"event":"E","within":"1h"},"at":{"event":"E","last":"properties.at"},"lately":{"event":"E","last":"properties.at","within":"1h"}},
"scores":{"s":{"half_life":"1d","add":[{"event":"E","points":1}]}},
"models":{"steady":{"type":"logistic","terms":[{"fact":"behaviors.n","weight":1}]},
  "restless":{"type":"logistic","terms":[{"fact":"scores.s","weight":1}]}},
"audiences":{"fans":{"behaviors.n":{"$gt":1}},"late":{"traits.x":1,"$or":[{"now.hour":{"$gt":20}}]},
  "likely":{"propensity.restless":{"$gt":0.5}},"steady":{"propensity.steady":{"$gt":0.5}},"versioned":{"scores.s":{"$vgt":"1.0"}}},
"triggers":[{"id":"t",)";

std::string mistakes(const std::string& occasion) {
  const std::string text =
      std::string("{\"schema\":\"desirepath/journey/1\",\"journey\":\"t\",\"version\":1,\n") + kAround +
      occasion + R"(,"do":[{"channel":"web","slot":"a"}]}]})";
  return all_of(compiler::compile_journey(text, "j").diagnostics);
}

bool has(const std::string& text, const std::string& part) {
  INFO(text);
  return text.find(part) != std::string::npos;
}

bool is_fine(const std::string& occasion) {
  const std::string said = mistakes(occasion);
  INFO(said);
  return said.find("error") == std::string::npos;
}

std::uint32_t features_of(const std::string& definitions) {
  const compiler::CompiledJourney journey = compile(definitions);
  return Program::load(journey.program).program.header().features;
}

}  // namespace

TEST_CASE("every form of an occasion is understood") {
  for (
      const char* occasion :
      {R"("event":"E")", R"("on":{"event":"E","where":{"properties.x":1}})", R"("on":{"stage_enter":"look"})",
       R"("on":{"stage_leave":"look"})", R"("on":{"stage_stuck":"buy"})", R"("on":{"audience_enter":"fans"})",
       R"("on":{"audience_leave":"steady"})", R"("after":{"event":"E"},"for":"1s")",
       R"("after":{"stage_leave":"buy"},"absent":{"event":"E"},"for":"200y")",
       R"("after":{"audience_enter":"fans"},"absent":[{"event":"E"},{"event":"F","where":{"properties.x":1}}],"for":"1h")",
       R"("schedule":{"fact":"traits.renewal"})",
       R"("schedule":{"fact":"traits.renewal.at","offset":"-3d","time":"09:00"})",
       R"("schedule":{"fact":"behaviors.at","offset":"1w"})"}) {
    CAPTURE(occasion);
    CHECK(is_fine(occasion));
  }
}

TEST_CASE("mistakes in an occasion are told at their place") {
  CHECK(has(mistakes(R"("priority":1)"), "needs exactly one of 'event', 'on', 'after' and 'schedule'"));
  CHECK(has(mistakes(R"("event":"E","schedule":{"fact":"traits.x"})"), "needs exactly one of"));
  CHECK(has(mistakes(R"("on":{"stage_enter":"lok"})"), "unknown stage 'lok' (did you mean 'look'?)"));
  CHECK(has(mistakes(R"("on":{"audience_enter":"fan"})"), "unknown audience 'fan' (did you mean 'fans'?)"));
  CHECK(has(mistakes(R"("on":{"stage_enter":"look","where":{}})"),
            "unknown key 'where' in 'on' of trigger 't'"));
  CHECK(has(mistakes(R"("on":{"stage_stuck":"look"})"),
            "nobody gets stuck in stage 'look': it lacks 'stuck_after'"));
  CHECK(has(mistakes(R"("after":{"stage_stuck":"buy"},"for":"1h")"), "being stuck is already a wait"));
  CHECK(has(mistakes(R"("after":{"event":"E"})"), "does not say 'for' how long"));
  CHECK(has(mistakes(R"("after":{"event":"E"},"for":"999ms")"), "'for' of trigger 't' is from 1s to 200y"));
  CHECK(has(mistakes(R"("after":{"event":"E"},"for":"201y")"), "'for' of trigger 't' is from 1s to 200y"));
  CHECK(has(mistakes(R"("after":{"event":"E"},"for":"1h","absent":[])"),
            "'absent' of trigger 't' lists no event"));
  CHECK(has(mistakes(R"("event":"E","absent":{"event":"F"})"), "has 'absent' or 'for' without 'after'"));
  CHECK(has(mistakes(R"("on":{"event":"E"},"for":"1h")"), "has 'absent' or 'for' without 'after'"));
}

TEST_CASE("where there is no event, a condition reads the profile alone") {
  for (const char* occasion :
       {R"("on":{"stage_stuck":"buy"})", R"("on":{"audience_leave":"fans"})",
        R"("after":{"audience_enter":"fans"},"for":"1h")", R"("schedule":{"fact":"traits.x"})"}) {
    CAPTURE(occasion);
    CHECK(has(mistakes(std::string(occasion) + R"(,"when":{"properties.x":1})"),
              "belongs to an event; here only the profile can be read"));
  }
  CHECK(is_fine(R"("on":{"stage_leave":"buy"},"when":{"properties.x":1})"));
  CHECK(is_fine(R"("after":{"stage_leave":"buy"},"for":"1h","when":{"properties.x":1,"stage":"look"})"));
}

TEST_CASE("an audience that is watched reads nothing that moves all the time") {
  CHECK(has(
      mistakes(R"("on":{"audience_enter":"late"})"),
      "j:7:76: error: audience 'late' is watched by a trigger, so it cannot read 'now.hour', which moves"));
  CHECK(has(mistakes(R"("on":{"audience_enter":"likely"})"), "cannot read 'propensity.restless'"));
  CHECK(has(mistakes(R"("on":{"audience_enter":"versioned"})"), "cannot read 'scores.s'"));
  CHECK(is_fine(R"("event":"E","when":{"audiences":{"$in":["late","likely"]}})"));
}

TEST_CASE("a schedule's date is a fact that holds one") {
  CHECK(
      has(mistakes(R"("schedule":{"fact":"properties.at"})"), "a schedule's date is a fact of the profile"));
  CHECK(has(mistakes(R"("schedule":{"fact":"behaviors.n"})"), "behavior 'n' holds no date"));
  CHECK(has(mistakes(R"("schedule":{"fact":"behaviors.lately"})"), "behavior 'lately' holds no date"));
  CHECK(
      has(mistakes(R"("schedule":{"fact":"behaviors.att"})"), "unknown behavior 'att' (did you mean 'at'?)"));
  CHECK(has(mistakes(R"("schedule":{"offset":"1d"})"), "lacks 'fact'"));
  CHECK(has(mistakes(R"("schedule":{"fact":"traits.x","offset":"soon"})"), "'soon' is no offset"));
  CHECK(has(mistakes(R"("schedule":{"fact":"traits.x","offset":"-"})"), "'-' is no offset"));
  CHECK(has(mistakes(R"("schedule":{"fact":"traits.x","offset":"--1d"})"), "'--1d' is no offset"));
  CHECK(has(mistakes(R"("schedule":{"fact":"traits.x","time":"9"})"), "'9' is no time of day"));
}

TEST_CASE("more watched audiences than an instant can look at are refused, naming the limit") {
  const auto watching = [](std::uint32_t count) {
    std::string audiences;
    std::string triggers;
    for (std::uint32_t i = 0; i < count; ++i) {
      const std::string id = std::to_string(i);
      audiences += (i > 0 ? ",\"a" : "\"a") + id + R"(":{"traits.x":1})";
      triggers += (i > 0 ? "," : "") + std::string(R"({"id":"t)") + id + R"(","on":{"audience_enter":"a)" +
                  id + R"("},"do":[{"channel":"mail"}]})";
    }
    const std::string text = R"({"schema":"desirepath/journey/1","journey":"t","version":1,"audiences":{)" +
                             audiences + R"(},"triggers":[)" + triggers + "]}";
    return compiler::compile_journey(text, "j");
  };
  CHECK(watching(kWatchesMax).journey.has_value());
  const compiler::CompileResult over = watching(kWatchesMax + 2);
  CHECK_FALSE(over.journey.has_value());
  CHECK(has(all_of(over.diagnostics), "triggers watch 34 audiences, 2 over the limit of 32"));
}

TEST_CASE("a program asks for what its occasions need, and no more") {
  const std::string stages = R"("stages":[{"id":"s","enter":{"event":"E"},"stuck_after":"1d"}])";
  const auto with = [&](const std::string& occasion) {
    return features_of(stages + R"(,"audiences":{"a":{"traits.x":1}},"triggers":[{"id":"t",)" + occasion +
                       R"(,"do":[{"channel":"web","slot":"a"}]}])");
  };
  CHECK(with(R"("event":"E")") == kFeatureCore);
  CHECK(with(R"("after":{"event":"E"},"absent":[{"event":"F"},{"event":"G"}],"for":"1h")") == kFeatureCore);
  CHECK(with(R"("on":{"stage_enter":"s"})") == (kFeatureCore | kFeatureOccasion));
  CHECK(with(R"("on":{"audience_leave":"a"})") == (kFeatureCore | kFeatureOccasion));
  CHECK(with(R"("schedule":{"fact":"traits.x"})") == (kFeatureCore | kFeatureSchedule));
  CHECK(with(R"("schedule":{"fact":"traits.x","time":"08:00"})") ==
        (kFeatureCore | kFeatureSchedule | kFeatureLocalTime));
  CHECK(features_of(R"("stages":[{"id":"s","enter":{"event":"E"},"exit":{"event":"F"}}])") ==
        (kFeatureCore | kFeatureOccasion));
}

TEST_CASE("freshness, group and waits are in the program") {
  const compiler::CompiledJourney journey = compile(R"("triggers":[
    {"id":"t","event":"E","do":[{"channel":"web","slot":"a"}]},
    {"id":"u","event":"E","freshness":"5m","group":"g","do":[{"channel":"web","slot":"a"}]},
    {"id":"v","schedule":{"fact":"traits.x"},"do":[{"channel":"web","slot":"a"}]}])");
  const Program program = Program::load(journey.program).program;
  CHECK(program.triggers()[0].freshness_ms == kHour);
  CHECK(program.triggers()[0].waits == 0);
  CHECK(program.triggers()[1].freshness_ms == 5 * kMinute);
  CHECK(program.triggers()[1].group == 1);
  CHECK(program.triggers()[2].waits == 1);
}

TEST_CASE("a device program watches what its web triggers wait for, under hashed ids") {
  const compiler::CompiledJourney journey =
      compile(R"("stages":[{"id":"looking","enter":{"event":"E"},"exit":{"event":"F"}}],
    "audiences":{"fans":{"behaviors.n":{"$gt":1}},"staff":{"traits.staff":true}},"behaviors":{"n":{"event":"E"}},"triggers":[
    {"id":"t","on":{"audience_enter":"fans"},"do":[{"channel":"web","slot":"a"}]},
    {"id":"u","on":{"audience_enter":"staff"},"do":[{"channel":"email"}]},
    {"id":"v","on":{"stage_leave":"looking"},"do":[{"channel":"web","slot":"a"}]}])");
  const Program device = Program::load(journey.device_program).program;
  CHECK(device.watches().size() == 1);
  CHECK(device.stages().size() == 1);
  CHECK(device.watches()[0].key == Program::load(journey.program).program.watches()[0].key);
  for (const std::string& text : journey.device_strings) {
    for (const char* hidden : {"fans", "staff", "looking"}) CHECK(text.find(hidden) == std::string::npos);
  }
}
