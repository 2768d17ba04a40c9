#include "tests/reference/triggers.hpp"

#include "tests/reference/calendar.hpp"
#include "tests/reference/conditions.hpp"

namespace desirepath::reference {

namespace {

bool is_delayed(const Json& trigger) {
  return trigger.contains("after");
}

// The occasion's event filter: under `on` or `after`, or the trigger itself.
const Json& occasion_of(const Json& trigger) {
  if (trigger.contains("after")) return trigger.at("after");
  return trigger.contains("on") ? trigger.at("on") : trigger;
}

SplitCondition split_when(const Json& trigger) {
  return trigger.contains("when") ? split(trigger.at("when")) : SplitCondition{};
}

}  // namespace

std::vector<const Json*> enabled_triggers(const Json& journey) {
  std::vector<const Json*> enabled;
  if (!journey.contains("triggers")) return enabled;
  for (const Json& trigger : journey.at("triggers")) {
    if (trigger.value("enabled", true)) enabled.push_back(&trigger);
  }
  return enabled;
}

void update_waits(History& history, const Moment& moment) {
  for (const Json* trigger : enabled_triggers(history.journey)) {
    for (const Json& filter : one_or_more(*trigger, "absent")) {
      if (matches(moment, filter)) history.waits.erase(text_of(*trigger, "id"));
    }
  }
  for (const Json* trigger : enabled_triggers(history.journey)) {
    if (!is_delayed(*trigger) || !matches(moment, occasion_of(*trigger))) continue;
    history.waits.erase(text_of(*trigger, "id"));
    if (!holds(moment, split_when(*trigger).of_event)) continue;
    history.waits[text_of(*trigger, "id")] = {moment.time + duration_of(*trigger, "for"),
                                              moment.event->message_id};
  }
}

std::vector<Candidate> candidates_of(const Moment& moment) {
  std::vector<Candidate> candidates;
  for (const Json* trigger : enabled_triggers(moment.history.journey)) {
    if (is_delayed(*trigger) || !matches(moment, occasion_of(*trigger))) continue;
    if (holds_member(moment, *trigger, "when")) candidates.push_back({trigger, moment.event->message_id});
  }
  return candidates;
}

std::vector<Candidate> end_due_waits(History& history, const Moment& moment) {
  std::vector<Candidate> candidates;
  for (const Json* trigger : enabled_triggers(history.journey)) {
    const auto wait = history.waits.find(text_of(*trigger, "id"));
    if (wait == history.waits.end() || wait->second.due > moment.time) continue;
    if (holds(moment, split_when(*trigger).of_profile)) candidates.push_back({trigger, wait->second.anchor});
    history.waits.erase(wait);
  }
  return candidates;
}

}  // namespace desirepath::reference
