#include "tests/reference/triggers.hpp"

#include "tests/reference/calendar.hpp"
#include "tests/reference/conditions.hpp"
#include "tests/reference/experiments.hpp"

namespace desirepath::reference {

namespace {

bool is_delayed(const Json& trigger) {
  return trigger.contains("after");
}

SplitCondition split_when(const Json& trigger) {
  return trigger.contains("when") ? split(trigger.at("when")) : SplitCondition{};
}

// The anchor of the occurrence the occasion speaks of; nothing where there is none.
std::optional<std::string> anchor_among(const std::vector<Occurrence>& occurrences, const Json& occasion) {
  for (const Occurrence& occurrence : occurrences) {
    if (text_of(occasion, occurrence.word.c_str()) == occurrence.of) return occurrence.anchor;
  }
  return std::nullopt;
}

// A wait starts over at each occasion, or ends where what reads the event does not hold.
void begin_wait(History& history, const Moment& moment, const Json& trigger, const std::string& anchor) {
  const std::string id = text_of(trigger, "id");
  history.waits.erase(id);
  if (!holds(moment, split_when(trigger).of_event)) return;
  assign(history, moment, trigger);
  const Form form = form_of(moment, trigger);
  if (form.is_enabled) history.waits[id] = {moment.time + duration_of(form.trigger, "for"), anchor};
}

}  // namespace

std::vector<const Json*> enabled_triggers(const Json& journey) {
  std::vector<const Json*> enabled;
  if (!journey.contains("triggers")) return enabled;
  for (const Json& trigger : journey.at("triggers")) {
    if (trigger.value("enabled", true) || can_be_enabled(journey, trigger)) enabled.push_back(&trigger);
  }
  return enabled;
}

const Json& occasion_of(const Json& trigger) {
  if (is_delayed(trigger)) return trigger.at("after");
  return trigger.contains("on") ? trigger.at("on") : trigger;
}

void end_waits(History& history, const Moment& moment) {
  for (const Json* trigger : enabled_triggers(history.journey)) {
    for (const Json& filter : one_or_more(*trigger, "absent")) {
      if (matches(moment, filter)) history.waits.erase(text_of(*trigger, "id"));
    }
  }
}

void begin_waits_on_event(History& history, const Moment& moment) {
  for (const Json* trigger : enabled_triggers(history.journey)) {
    if (!is_delayed(*trigger) || !matches(moment, occasion_of(*trigger))) continue;
    begin_wait(history, moment, *trigger, moment.event->message_id);
  }
}

void begin_waits_on(History& history, const Moment& moment, const std::vector<Occurrence>& occurrences) {
  for (const Json* trigger : enabled_triggers(history.journey)) {
    const auto anchor = anchor_among(occurrences, occasion_of(*trigger));
    if (is_delayed(*trigger) && anchor) begin_wait(history, moment, *trigger, *anchor);
  }
}

std::vector<Candidate> candidates_on_event(const Moment& moment) {
  std::vector<Candidate> candidates;
  for (const Json* trigger : enabled_triggers(moment.history.journey)) {
    if (is_delayed(*trigger) || !matches(moment, occasion_of(*trigger))) continue;
    if (holds_member(moment, *trigger, "when")) candidates.push_back({trigger, moment.event->message_id});
  }
  return candidates;
}

std::vector<Candidate> candidates_on(const Moment& moment, const std::vector<Occurrence>& occurrences) {
  std::vector<Candidate> candidates;
  for (const Json* trigger : enabled_triggers(moment.history.journey)) {
    const auto anchor = anchor_among(occurrences, occasion_of(*trigger));
    if (is_delayed(*trigger) || !anchor || !holds_member(moment, *trigger, "when")) continue;
    candidates.push_back({trigger, *anchor});
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
