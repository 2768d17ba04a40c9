// The gate before an effect answers as the reference does, whatever was proposed and whenever it is asked.

#include <doctest/doctest.h>

#include <algorithm>

#include "tests/property/engine_run.hpp"
#include "tests/property/property_run.hpp"
#include "tests/property/random_events.hpp"
#include "tests/property/reference_run.hpp"
#include "tests/reference/calendar.hpp"
#include "tests/reference/effect_gate.hpp"

using namespace desirepath;
using namespace desirepath::tests;

namespace {

constexpr int kAsked = 4;  // proposals after each event

std::int64_t random_window(Random& random) {
  return reference::parse_duration(random.pick(vocabulary::kWindows));
}

const Json& declared(const Json& journey, std::string_view id) {
  const Json& triggers = journey.at("triggers");
  return *std::find_if(triggers.begin(), triggers.end(),
                       [&](const Json& trigger) { return trigger.at("id") == id; });
}

// Asks both of one proposal: of any trigger, after one of the events so far, at its time or at the edge of a
// window before now or before an event.
std::string difference(const EngineRun& engine, const ReferenceRun& reference, const Case& tried,
                       std::size_t happened, Random& random) {
  const Program& program = engine.program();
  const auto trigger = static_cast<std::uint32_t>(random.below(program.triggers().size()));
  const std::string_view id = program.string(program.triggers()[trigger].id);
  const Json& journey_trigger = declared(tried.journey, id);
  const std::size_t action = random.below(journey_trigger.at("do").size());
  const Json& anchor = tried.events[random.below(happened)];
  std::int64_t now_ms = time_of(tried.events[happened - 1]);
  if (random.chance(50)) {
    const std::int64_t window_ms = random_window(random);
    now_ms += window_ms + random.between(-1, 1);
  }
  std::int64_t time_ms = time_of(anchor);
  if (random.chance(70)) {
    const std::int64_t end_ms = random.chance(50) ? now_ms : time_of(tried.events[random.below(happened)]);
    const std::int64_t window_ms = random_window(random);
    time_ms = end_ms - window_ms + random.between(-1, 1);
  }
  if (random.chance(10)) time_ms = now_ms + random.between(0, 1);
  const std::string anchor_id = anchor.at("messageId");
  const EngineRun::GateAnswer answer =
      engine.gate(trigger, static_cast<std::uint32_t>(action), anchor_id, time_ms, now_ms);
  const reference::Proposal proposal{journey_trigger, journey_trigger.at("do").at(action), anchor_id,
                                     time_ms};
  const std::string wanted = reference::reason_to_stop(reference.engine().history(), proposal, now_ms);
  const bool is_allowed = answer.may_forget && (wanted.empty() || wanted.rfind("cap_", 0) == 0);
  if (answer.reason == wanted || is_allowed) return {};
  return anchor_id + "~" + std::string(id) + "~" + proposal.action.at("channel").get<std::string>() + " of " +
         reference::timestamp_of(time_ms) + " asked at " + reference::timestamp_of(now_ms) + ": '" +
         answer.reason + "', by the reference '" + wanted + "'";
}

std::string difference(const Case& tried, Effects effects, Random random) {
  EngineRun engine(tried.journey, effects);
  ReferenceRun reference(tried.journey, effects == Effects::at_once);
  if (engine.program().triggers().size() == 0) return {};
  for (std::size_t i = 0; i < tried.events.size(); ++i) {
    engine.happen(tried.events[i]);
    reference.happen(tried.events[i]);
    for (int asked = 0; asked < kAsked; ++asked) {
      const std::string found = difference(engine, reference, tried, i + 1, random);
      if (!found.empty()) return found;
    }
  }
  return {};
}

}  // namespace

TEST_CASE("the gate stops what the reference stops, and for the same reason") {
  for_random_cases(50, [](const Case& tried, Random random) {
    const Effects effects = random.chance(50) ? Effects::at_once : Effects::recorded;
    return difference(tried, effects, random);
  });
}
