// What the reference engine knows of one person: everything that ever happened, as it happened. Nothing is
// folded, counted or dropped; every question is answered by looking through these lists again.
#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

namespace desirepath::reference {

// Members keep their order, as the equality of whole objects wants it.
using Json = nlohmann::ordered_json;

// Milliseconds since 1970, UTC.
using Time = std::int64_t;

// A fact of the world: an event as it was sent.
struct Happening {
  Time time = 0;
  std::string message_id;
  std::string type;  // track page screen identify group alias
  std::string name;  // of a track: its event; else the type
  Json body;
};

struct Move {
  Time time = 0;
  std::string from;  // empty: none
  std::string to;    // empty: none
  std::string anchor;
};

// What was shown or sent, or is reserved to be.
struct Effect {
  Time time = 0;
  std::string trigger;
  std::string purpose;
  std::string promise;
  std::string channel;
  std::string anchor;
  bool is_reservation = false;
};

struct Wait {
  Time due = 0;
  std::string anchor;
};

// A line of the decision log.
struct Decision {
  Time time = 0;
  std::string anchor;
  std::string trigger;
  std::string channel;
  std::string slot;
  std::string reason;  // empty: fired
  std::string treatment;
};

// A person's place in an experiment.
struct Assignment {
  Time time = 0;
  std::string experiment;
  std::string treatment;
  std::string unit;
  bool is_held_out = false;
  bool is_crossed = false;  // facts disagree
};

// From a moment on the clocks of a zone stand at another offset.
struct ZoneChange {
  Time at = 0;
  int offset_minutes = 0;
};

// By name; before its first change a zone stands at UTC.
using Zones = std::map<std::string, std::vector<ZoneChange>>;

struct History {
  Json journey;
  Zones zones;
  bool effects_at_once = true;  // a fired decision is an effect; else only the facts that say so are
  Time clock = 0;
  std::vector<Happening> events;
  std::vector<Move> moves;
  std::vector<Effect> effects;
  std::vector<Decision> decisions;
  std::map<std::string, Wait> waits;         // by trigger
  std::map<std::string, Assignment> places;  // by experiment
  std::vector<Assignment> assignments;       // those that this engine said, not facts
  std::map<std::string, bool> is_member;     // of audiences that are watched, as they were last looked at
};

// Where a question is asked from: a time, and the event of that time if there is one.
struct Moment {
  const History& history;
  const Happening* event;
  Time time;
};

// The definition of that id; null where the journey has none.
inline const Json* definition(const Json& journey, const char* section, const std::string& id) {
  const auto all = journey.find(section);
  if (all == journey.end()) return nullptr;
  const auto found = all->find(id);
  return found == all->end() ? nullptr : &*found;
}

// A text member, empty where there is none.
inline std::string text_of(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

// A rule or a list of rules, as a list.
inline std::vector<Json> one_or_more(const Json& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end()) return {};
  if (found->is_array()) return found->get<std::vector<Json>>();
  return {*found};
}

}  // namespace desirepath::reference
