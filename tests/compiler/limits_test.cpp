// Each limit of engine/limits.hpp that a journey can meet: at it, it compiles; one past it, the error says
// which and by how much.
#include "sdk/engine/limits.hpp"

#include <doctest/doctest.h>

#include <functional>

#include "tests/journey_fixture.hpp"

using namespace desirepath;
using namespace desirepath::tests;

namespace {

compiler::CompileResult compiled(const std::string& definitions) {
  return compiler::compile_journey(
      R"({"schema":"desirepath/journey/1","journey":"t","version":1,)" + definitions + "}", "j.json");
}

std::string errors_of(const std::string& definitions) {
  std::string errors;
  for (const auto& diagnostic : compiled(definitions).diagnostics) {
    if (diagnostic.severity == compiler::Severity::error) errors += diagnostic.text + "\n";
  }
  return errors;
}

void has_limit(const std::function<std::string(std::size_t)>& journey, std::size_t limit,
               const std::string& error) {
  CHECK(errors_of(journey(limit)) == "");
  const std::string said = errors_of(journey(limit + 1));
  CAPTURE(said);
  CHECK_MESSAGE(said.find(error) != std::string::npos, error);
}

// `item(i)` for each of `count`, with commas between.
std::string list_of(std::size_t count, const std::function<std::string(std::size_t)>& item) {
  std::string list;
  for (std::size_t i = 1; i <= count; ++i) list += (i == 1 ? "" : ",") + item(i);
  return list;
}

std::string trigger(const std::string& more) {
  return R"("triggers":[{"id":"t","event":"E",)" + more + "}]";
}

const std::string kMail = R"("do":[{"channel":"email"}])";

std::uint32_t state_bytes(const std::vector<std::uint8_t>& program) {
  return Program::load(program).program.header().state_bytes_max;
}

// A journey whose state is `counts` entries of a windowed count and `sums` of a windowed sum large, and
// `more` B.
std::string windows(std::size_t counts, std::size_t sums, const std::string& more) {
  return R"("behaviors":{"c":{"event":"E","within":"7d","keep":)" + std::to_string(counts) +
         R"(},"s":{"event":"E","sum":"properties.v","within":"7d","keep":)" + std::to_string(sums) + "}}," +
         trigger(R"("when":{"behaviors.c":{"$gte":1},"behaviors.s":{"$gt":0})" + more +
                 R"(},"do":[{"channel":"web","slot":"s"}])");
}

}  // namespace

TEST_CASE("slots and channels") {
  const auto actions = [](const std::string& channel_and_slot) {
    return [=](std::size_t count) {
      return trigger(
          "\"do\":[" +
          list_of(count, [&](std::size_t i) { return "{" + channel_and_slot + std::to_string(i) + "\"}"; }) +
          "]");
    };
  };
  has_limit(actions(R"("channel":"web","slot":"s)"), kSlotsMax,
            "slot 's65' is the journey's 65th; it can have 64");
  has_limit(actions(R"("channel":"c)"), kChannelsMax, "channel 'c33' is the journey's 33th; it can have 32");
}

TEST_CASE("what a window keeps, and what a count can be compared with") {
  const auto keep = [](std::size_t count) {
    return R"("behaviors":{"b":{"event":"E","within":"1d","keep":)" + std::to_string(count) + "}}";
  };
  has_limit(keep, kBehaviorKeepMax, "'keep' of behavior 'b' must be a whole number from 1 to 4096");
  const auto compared = [](std::size_t count) {
    return R"("behaviors":{"b":{"event":"E","within":"1d"}},"audiences":{"a":{"behaviors.b":{"$gte":)" +
           std::to_string(count) + "}}}";
  };
  has_limit(compared, kBehaviorKeepMax - 1, "behavior 'b' is compared with more than 4095");
}

TEST_CASE("steps of a sequence, and events between them") {
  const auto filters = [](std::size_t count) {
    return "[" + list_of(count, [](std::size_t i) { return "{\"event\":\"E" + std::to_string(i) + "\"}"; }) +
           "]";
  };
  has_limit([&](std::size_t count) { return R"("behaviors":{"b":{"sequence":)" + filters(count) + "}}"; },
            kSequenceStepsMax, "needs 2 to 16 steps, not 17");
  has_limit(
      [&](std::size_t count) {
        return R"("behaviors":{"b":{"sequence":)" + filters(2) + ",\"not_between\":" + filters(count) + "}}";
      },
      kSequenceStepsMax, "lists more than 16 events");
}

TEST_CASE("how often a cap lets through") {
  has_limit(
      [](std::size_t times) {
        return trigger(R"("cap":{"times":)" + std::to_string(times) + R"(,"per":"1d"},)" + kMail);
      },
      kCapTimesMax, "must be a whole number from 1 to 100");
}

TEST_CASE("the state of a profile, on a device and in the collector") {
  struct Place {
    std::size_t limit;
    const char* name;
    std::function<std::uint32_t(const compiler::CompiledJourney&)> bytes;
  };
  const Place places[] = {{kDeviceStateBytesMax, "on a device",
                           [](const auto& journey) { return state_bytes(journey.device_program); }},
                          {kFullStateBytesMax, "in the collector",
                           [](const auto& journey) { return state_bytes(journey.program); }}};
  // In the collector a web trigger would meet the device's limit first.
  const auto without_web = [](std::string journey) {
    journey.replace(journey.find(R"("channel":"web","slot":"s")"), 26, R"("channel":"email")");
    return journey;
  };
  for (const Place& place : places) {
    CAPTURE(place.name);
    const bool on_device = place.limit == kDeviceStateBytesMax;
    const auto journey = [&](std::size_t counts, std::size_t sums, const std::string& more) {
      const std::string text = windows(counts, sums, more);
      return on_device ? text : without_web(text);
    };
    bool found = false;
    for (const std::string more : {"", R"(,"consent.a":true)", R"(,"consent.a":true,"consent.b":true)"}) {
      for (std::size_t sums = 1; sums <= 7 && !found; ++sums) {
        const std::size_t all_sums = on_device ? sums : kBehaviorKeepMax - sums;
        const auto small = compiled(journey(2, all_sums, more));
        REQUIRE(small.journey.has_value());
        const std::size_t rest = place.limit - place.bytes(*small.journey);
        if (rest % 6 != 0 || rest / 6 + 2 > kBehaviorKeepMax) continue;
        found = true;
        const auto full = compiled(journey(rest / 6 + 2, all_sums, more));
        REQUIRE(full.journey.has_value());
        CHECK(place.bytes(*full.journey) == place.limit);
        const std::string said = errors_of(journey(rest / 6 + 3, all_sums, more));
        CAPTURE(said);
        CHECK(said.find("a profile's state could take " + std::to_string(place.limit + 6) + " B " +
                        place.name + ", over the limit of " + std::to_string(place.limit) +
                        " B; the largest records are behavior '") != std::string::npos);
      }
    }
    CHECK(found);
  }
}

#ifndef __EMSCRIPTEN__  // its memory is not for programs of 64 MB
TEST_CASE("the bytes of a program") {
  const auto content = [](std::size_t bytes) {
    return trigger(R"("do":[{"channel":"email","content":{"x":")" + std::string(bytes, 'x') + "\"}}]");
  };
  const std::size_t around = compiled(content(1)).journey->program.size() - 1;
  const std::size_t room = kProgramBytesMax - around - 8;
  const auto full = compiled(content(room));
  REQUIRE(full.journey.has_value());
  CHECK(full.journey->program.size() > kProgramBytesMax - 16);
  const std::string said = errors_of(content(room + 16));
  CAPTURE(said);
  CHECK(said.find("the program takes 671088") == 0);
  CHECK(said.find(" B, over the limit of 67108864 B") != std::string::npos);
}
#endif
