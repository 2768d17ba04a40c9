#include "tests/reference/effects.hpp"

#include <algorithm>
#include <set>

#include "tests/reference/calendar.hpp"
#include "tests/reference/facts.hpp"
#include "tests/reference/triggers.hpp"

namespace desirepath::reference {

namespace {

constexpr Time kServedByDefault = 24 * 60 * 60 * 1000;
constexpr Time kInForceByDefault = 24 * 60 * 60 * 1000;

std::string property(const Happening& event, const char* name) {
  const auto value = walk(event.body, std::string("properties.") + name);
  return value && value->is_string() ? value->get<std::string>() : std::string();
}

// What stands before the last two `~` of a decisionId.
std::string anchor_of(const std::string& decision_id) {
  const std::size_t channel = decision_id.rfind('~');
  if (channel == std::string::npos || channel == 0) return decision_id;
  return decision_id.substr(0, decision_id.rfind('~', channel - 1));
}

// What one trigger brings about after one anchor counts once.
std::string counted_as(const Effect& effect) {
  return effect.anchor + "~" + effect.trigger;
}

// How long another trigger's effect serves the purpose; 0 where it does not.
Time served_for(const Json& journey, const Json& trigger) {
  const Json* purpose = definition(journey, "purposes", text_of(trigger, "purpose"));
  if (purpose != nullptr && purpose->contains("cap")) {
    const Json& cap = purpose->at("cap");
    return cap.at("times") == 1 ? duration_of(cap, "per") : 0;
  }
  return trigger.contains("cap") ? duration_of(trigger.at("cap"), "per") : kServedByDefault;
}

bool is_own_trigger(const Json& journey, const std::string& id) {
  for (const Json* trigger : enabled_triggers(journey)) {
    if (text_of(*trigger, "id") == id) return true;
  }
  return false;
}

bool names(const Json& journey, const std::string& one, const std::string& other) {
  const Json* promise = definition(journey, "promises", one);
  if (promise == nullptr || !promise->contains("contradicts")) return false;
  const Json& list = promise->at("contradicts");
  return std::find(list.begin(), list.end(), Json(other)) != list.end();
}

}  // namespace

void note_effect(History& history, const Happening& event) {
  const std::set<std::string> shown{"Decision Exposed", "Decision Delivered"};
  const bool is_reserved = event.name == "Decision Reserved";
  const bool is_released = event.name == "Decision Released";
  if (event.type != "track" || (shown.count(event.name) == 0 && !is_reserved && !is_released)) return;
  if (walk(event.body, "properties.holdout") == Json(true)) return;
  const std::string trigger = property(event, "trigger");
  if (history.effects_at_once && is_own_trigger(history.journey, trigger)) return;
  const std::string decision_id = property(event, "decisionId");
  const Effect effect{event.time,
                      trigger,
                      property(event, "purpose"),
                      property(event, "promise"),
                      property(event, "channel"),
                      decision_id.empty() ? event.message_id : anchor_of(decision_id),
                      is_reserved};
  if (is_released) {
    const auto is_taken_back = [&](const Effect& open) {
      return open.is_reservation && open.trigger == effect.trigger && open.anchor == effect.anchor &&
             open.channel == effect.channel;
    };
    std::vector<Effect>& effects = history.effects;
    effects.erase(std::remove_if(effects.begin(), effects.end(), is_taken_back), effects.end());
  } else {
    history.effects.push_back(effect);
  }
}

bool contradict(const Json& journey, const std::string& one, const std::string& other) {
  return names(journey, one, other) || names(journey, other, one);
}

bool is_contradicted(const History& history, const Json& trigger, Time now) {
  for (const Effect& effect : history.effects) {
    if (!contradict(history.journey, text_of(trigger, "promise"), effect.promise)) continue;
    const Json* promise = definition(history.journey, "promises", effect.promise);
    const Time said = promise == nullptr ? 0 : duration_of(*promise, "for");
    if (effect.time > now - (said == 0 ? kInForceByDefault : said)) return true;
  }
  return false;
}

bool is_used_up(const Json* capped, const std::vector<Effect>& past, const std::vector<Effect>& winning,
                const Effect& own, const std::function<bool(const Effect&)>& counts) {
  if (capped == nullptr || !capped->contains("cap")) return false;
  const Json& cap = capped->at("cap");
  const std::size_t times = cap.at("times").get<std::size_t>();
  std::set<std::string> last;
  std::set<std::string> filling;
  for (std::size_t i = past.size(); i-- > 0 && last.size() < times;) {
    if (!counts(past[i]) || !last.insert(counted_as(past[i])).second) continue;
    if (past[i].time > own.time - duration_of(cap, "per")) filling.insert(counted_as(past[i]));
  }
  for (const Effect& winner : winning) {
    if (counts(winner)) filling.insert(counted_as(winner));
  }
  filling.erase(counted_as(own));
  return filling.size() >= times;
}

std::vector<Time> times_counted(const std::vector<Effect>& effects, const std::string& trigger,
                                const std::string& anchor, const std::function<bool(const Effect&)>& counts) {
  std::map<std::string, Time> latest;
  for (const Effect& effect : effects) {
    if (!counts(effect) || (effect.trigger == trigger && effect.anchor == anchor)) continue;
    Time& time = latest.emplace(counted_as(effect), effect.time).first->second;
    time = std::max(time, effect.time);
  }
  std::vector<Time> times;
  for (const auto& [identity, time] : latest) times.push_back(time);
  return times;
}

bool is_served_by_another(const History& history, const Json& trigger, Time now) {
  const Time window = served_for(history.journey, trigger);
  if (window == 0) return false;
  for (const Effect& effect : history.effects) {
    if (effect.purpose == text_of(trigger, "purpose") && effect.trigger != text_of(trigger, "id") &&
        effect.time > now - window) {
      return true;
    }
  }
  return false;
}

}  // namespace desirepath::reference
