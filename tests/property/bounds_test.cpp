// Promises 5 and 7: a state stays within what the program says, and every decision has its reason. That an
// outcome has room for all of them is seen beside the reference.

#include <doctest/doctest.h>

#include <map>
#include <set>

#include "tests/property/engine_run.hpp"
#include "tests/property/property_run.hpp"

using namespace desirepath;
using namespace desirepath::tests;

namespace {

const std::set<std::string> kReasons{"consent",          "suppressed",    "holdout",     "quiet_hours",
                                     "purpose_served",   "cap_trigger",   "cap_purpose", "cap_channel",
                                     "promise_conflict", "lower_priority"};

std::size_t actions_of(const Json& journey, const Json& trigger) {
  for (const Json& declared : journey.at("triggers")) {
    if (declared.at("id") == trigger) return declared.at("do").size();
  }
  return 0;
}

// What is wrong with the decisions of one step.
std::string mistake_in(const std::vector<std::string>& lines, const Json& journey) {
  std::map<std::string, std::size_t> decided;
  for (const std::string& text : lines) {
    const Json line = Json::parse(text);
    if (!line.contains("trigger")) continue;
    const bool is_fired = line.at("outcome") == "fired";
    if (is_fired == line.contains("reason")) return "a decision is fired or has a reason: " + text;
    if (!is_fired && kReasons.count(line.at("reason")) == 0) return "no reason of the closed set: " + text;
    ++decided[Json::array({line.at("trigger"), line.at("timestamp"), line.at("messageId")}).dump()];
  }
  for (const auto& [who, count] : decided) {
    const std::size_t actions = actions_of(journey, Json::parse(who).at(0));
    if (count % actions != 0) return "a trigger decides all its actions or none: " + who;
  }
  return {};
}

}  // namespace

TEST_CASE("a state never grows past what its program says") {
  for_random_cases(20, [](const Case& tried, Random random) -> std::string {
    EngineRun engine(tried.journey, random.chance(50) ? Effects::at_once : Effects::recorded);
    for (const Json& event : tried.events) {
      engine.happen(event);
      if (engine.last_error() != StepError::none) return "a state of the size the program says is full";
      if (engine.state_bytes().size() > engine.program().header().state_bytes_max)
        return "the state is larger";
    }
    return {};
  });
}

TEST_CASE(
    "every decision is fired or has a reason from the closed set, and a trigger decides all its actions") {
  for_random_cases(20, [](const Case& tried, Random random) -> std::string {
    EngineRun engine(tried.journey, random.chance(50) ? Effects::at_once : Effects::recorded);
    for (const Json& event : tried.events) {
      const std::string mistake = mistake_in(engine.happen(event), tried.journey);
      if (!mistake.empty()) return mistake;
    }
    return {};
  });
}
