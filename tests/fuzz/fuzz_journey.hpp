// A journey that uses every kind of record, for fuzzers that need a program.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "sdk/compiler/compile.hpp"

namespace desirepath::fuzz {

inline constexpr std::string_view kJourney = R"({"schema":"desirepath/journey/1","journey":"f","version":1,
  "behaviors":{"views":{"event":"E","where":{"properties.c":"blue"},"within":"7d"},"spent":{"event":"O","sum":"properties.v"},
    "colour":{"event":"E","last":"properties.c"}},
  "audiences":{"hot":{"behaviors.views":{"$gte":3}}},
  "purposes":{"p":{"cap":{"times":2,"per":"1d"}}},
  "channels":{"email":{"cap":{"times":2,"per":"7d"},"consent":"marketing"}},
  "stages":[{"id":"a","enter":{"event":"E"},"exit":{"event":"O"},"stuck_after":"2h"},{"id":"b","enter":{"event":"O","when":{"behaviors.spent":{"$gt":10}}}}],
  "triggers":[
    {"id":"t1","event":"E","when":{"audiences.hot":true,"properties.c":"blue","traits.plan":{"$in":["x"]}},"cap":{"times":1,"per":"1h"},"purpose":"p","do":[{"channel":"web","slot":"s"}]},
    {"id":"t2","event":"E","when":{"properties.c":"red","session.pages":{"$lt":3}},"do":[{"channel":"email"}]},
    {"id":"t3","after":{"event":"E"},"absent":{"event":"O"},"for":"1h","when":{"stage":"a"},"do":[{"channel":"web","slot":"r"}]},
    {"id":"t4","on":{"stage_stuck":"a"},"do":[{"channel":"email"}]},
    {"id":"t5","on":{"audience_enter":"hot"},"do":[{"channel":"web","slot":"s"}]},
    {"id":"t6","after":{"audience_leave":"hot"},"absent":[{"event":"O"},{"event":"E"}],"for":"1h","do":[{"channel":"web","slot":"r"}]},
    {"id":"t7","schedule":{"fact":"behaviors.colour","offset":"-1h","time":"09:00"},"do":[{"channel":"email"}]}]})";

inline const std::vector<std::uint8_t>& program_bytes() {
  static const std::vector<std::uint8_t> bytes =
      compiler::compile_journey(kJourney, "f.json").journey->program;
  return bytes;
}

}  // namespace desirepath::fuzz
