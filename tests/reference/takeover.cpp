#include "tests/reference/takeover.hpp"

#include <algorithm>

#include "tests/reference/audiences.hpp"
#include "tests/reference/calendar.hpp"
#include "tests/reference/experiments.hpp"
#include "tests/reference/schedules.hpp"
#include "tests/reference/triggers.hpp"

namespace desirepath::reference {

namespace {

bool has_stage(const Json& journey, const std::string& id) {
  if (!journey.contains("stages")) return false;
  const Json& stages = journey.at("stages");
  return std::any_of(stages.begin(), stages.end(),
                     [&](const Json& stage) { return text_of(stage, "id") == id; });
}

// What the stage is in this journey; empty for none.
std::string heir_of(const Json& journey, const std::string& stage) {
  if (has_stage(journey, stage)) return stage;
  return journey.contains("migrate") ? text_of(journey.at("migrate"), stage.c_str()) : std::string();
}

// The waits for dates as the events, one after the other, have set them; what came up to now is over.
std::map<std::string, Wait> waits_for_dates(const History& history, Time at) {
  History past = history;
  past.events.clear();
  past.waits.clear();
  for (const Happening& event : history.events) {
    past.events.push_back(event);
    set_schedules(past, Moment{past, &past.events.back(), event.time});
  }
  std::map<std::string, Wait> to_come;
  for (const auto& [trigger, wait] : past.waits) {
    if (wait.due > at) to_come[trigger] = wait;
  }
  return to_come;
}

// The places facts have stated, and in front of them those the person had, as far as the journey knows them.
std::map<std::string, Assignment> places_of(const History& history, const Json& journey) {
  History stated;
  stated.journey = journey;
  for (const Happening& event : history.events) note_assignment(stated, event);
  for (const auto& [experiment, place] : history.places) {
    if (has_treatment(journey, experiment, place.treatment)) stated.places[experiment] = place;
  }
  return stated.places;
}

const Json* waiting_trigger(const Json& journey, const std::string& id) {
  for (const Json* trigger : enabled_triggers(journey)) {
    if (text_of(*trigger, "id") == id && (trigger->contains("after") || trigger->contains("schedule"))) {
      return trigger;
    }
  }
  return nullptr;
}

Time length_of(const History& history, const Json& trigger, Time at) {
  return duration_of(form_of(Moment{history, nullptr, at}, trigger).trigger, "for");
}

// When a wait of `before` ends under the journey of `history`; nothing where it does not go on.
std::optional<Time> new_due(const History& history, const History& before, const std::string& id,
                            const Wait& wait, Time at) {
  const Json* now = waiting_trigger(history.journey, id);
  const Json* then = waiting_trigger(before.journey, id);
  if (now == nullptr) return std::nullopt;
  if (text_of(history.journey, "inflight") != "migrate") return wait.due;
  if (now->contains("schedule")) return std::nullopt;
  if (then->contains("schedule")) return wait.due;
  return std::max(at, wait.due + length_of(history, *now, at) - length_of(before, *then, at));
}

}  // namespace

void take_over(History& history, Json journey, Time at) {
  const History before = history;
  history.journey = std::move(journey);
  if (history.events.empty()) return;
  history.clock = at;
  if (!history.moves.empty()) {
    Move& last = history.moves.back();
    last.to = heir_of(history.journey, last.to);
  }
  history.places = places_of(before, history.journey);
  history.waits = waits_for_dates(history, at);
  for (const auto& [trigger, wait] : before.waits) {
    if (const auto due = new_due(history, before, trigger, wait, at)) {
      history.waits[trigger] = {*due, wait.anchor};
    }
  }
  history.is_member.clear();
  for (const std::string& audience : watched_audiences(history.journey)) {
    history.is_member[audience] = is_member(Moment{history, nullptr, at}, audience);
  }
}

}  // namespace desirepath::reference
