// What a condition reads: which events can change its answer, and whether time alone can.
#pragma once

#include <cstdint>
#include <set>
#include <string>

#include "sdk/compiler/program_builder.hpp"

namespace desirepath::compiler {

struct FactsRead {
  std::set<std::uint32_t> behaviors;
  std::set<std::uint32_t> scores;
  bool stage = false;
  std::set<std::string> events;  // names of events it is read from directly
  bool every_event = false;      // something any event can change
  // Something moves all the time, so that there is no next time to look: the subject, else none.
  format::Subject restless = format::Subject::none;

  void add(const FactsRead& other);
};

// Of the condition that starts at `node`, through the audiences and models it names. Follows what
// next_turn_ms of the engine follows; every other fact counts as restless.
FactsRead facts_read(const ProgramBuilder& builder, std::uint32_t node);

}  // namespace desirepath::compiler
