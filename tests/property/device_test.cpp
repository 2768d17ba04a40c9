// Two programs from one journey: the device decides for the web as the collector does, as long as nothing
// else the collector does stands in the way, and knows the same of the person.

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdio>
#include <map>
#include <set>

#include "sdk/engine/identity.hpp"
#include "tests/property/engine_run.hpp"
#include "tests/property/property_run.hpp"

using namespace desirepath;
using namespace desirepath::tests;

namespace {

using reference::text_of;

// What the texts of the device program stand for.
class HiddenNames {
 public:
  explicit HiddenNames(const Json& journey, const Program& full) {
    for (const auto& [section, kind] : std::map<std::string, std::string>{{"behaviors", "behavior"},
                                                                          {"audiences", "audience"},
                                                                          {"scores", "score"},
                                                                          {"models", "model"}}) {
      if (!journey.contains(section)) continue;
      for (const auto& [id, definition] : journey.at(section).items()) add(kind, id);
    }
    for (const auto& [section, kind] : std::map<std::string, std::string>{
             {"stages", "stage"}, {"triggers", "trigger"}, {"experiments", "experiment"}}) {
      if (!journey.contains(section)) continue;
      for (const Json& definition : journey.at(section)) {
        add(kind, definition.at("id").get<std::string>());
        if (definition.contains("intent")) add("intent", definition.at("intent").get<std::string>());
      }
    }
    for (std::uint32_t i = 0; i < full.cells().size(); ++i) {
      add("treatment", std::string(full.string(full.cells()[i].treatment)));
    }
    add("experiment", "holdout");
    for (const char* tier : {"low", "high"}) add("tier of points", tier);
  }

  // The text with ids in place of their hashes.
  std::string shown(std::string text) const {
    for (std::size_t at = text.find('#'); at != std::string::npos; at = text.find('#', at + 1)) {
      const auto found = ids_.find(text.substr(at, kHashedIdBytes));
      if (found != ids_.end()) text.replace(at, kHashedIdBytes, found->second);
    }
    return text;
  }

 private:
  void add(const std::string& kind, const std::string& id) {
    char hashed[kHashedIdBytes + 1];
    std::snprintf(hashed, sizeof hashed, "#%08x", definition_key(kind, id));
    ids_[hashed] = id;
  }

  std::map<std::string, std::string> ids_;
};

// Whether another channel's decision could stand in a web trigger's way: one fired at that time, and another
// trigger was held back for a reason that one instant's decisions give each other.
bool is_in_the_way(const std::vector<Json>& instant) {
  const std::set<std::string> mutual{"purpose_served", "promise_conflict", "cap_purpose", "lower_priority"};
  for (const Json& winner : instant) {
    if (winner.at("channel") == "web" || winner.at("outcome") != "fired") continue;
    for (const Json& loser : instant) {
      const bool is_other = loser.at("trigger") != winner.at("trigger");
      if (is_other && loser.at("channel") == "web" && mutual.count(text_of(loser, "reason")) != 0)
        return true;
    }
  }
  return false;
}

std::map<std::string, std::vector<Json>> decisions_by_time(const std::vector<std::string>& lines) {
  std::map<std::string, std::vector<Json>> by_time;
  for (const std::string& text : lines) {
    Json line = Json::parse(text);
    if (line.contains("trigger")) by_time[line.at("timestamp")].push_back(std::move(line));
  }
  return by_time;
}

std::vector<Json> of_web(std::vector<Json> decisions) {
  decisions.erase(std::remove_if(decisions.begin(), decisions.end(),
                                 [](const Json& decision) { return decision.at("channel") != "web"; }),
                  decisions.end());
  return decisions;
}

// One person's device beside the collector. What the collector's engine assigns becomes a fact that both are
// told, as hosts do.
class TwoPrograms {
 public:
  explicit TwoPrograms(const Json& journey)
      : full_(journey, Effects::recorded),
        device_(journey, Effects::recorded, Target::device),
        names_(journey, full_.program()) {}

  std::string difference_as_it_happens(const Json& event) {
    std::vector<Json> to_come{event};
    for (std::size_t i = 0; i < to_come.size(); ++i) {
      const std::vector<std::string> lines = full_.happen(to_come[i]);
      const std::string found = difference(lines, device_.happen(to_come[i]));
      if (!found.empty()) return found;
      for (const std::string& text : lines) {
        const Json line = Json::parse(text);
        if (line.contains("assigned")) to_come.push_back(fact_of(line, event, to_come.size()));
      }
    }
    return difference_of_facts(time_of(event));
  }

  std::string difference_as_time_passes(std::int64_t until_ms) {
    const std::string found = difference(full_.pass_time(until_ms), device_.pass_time(until_ms));
    return found.empty() ? difference_of_facts(until_ms) : found;
  }

 private:
  static Json fact_of(const Json& assignment, const Json& event, std::size_t number) {
    Json fact = event;
    fact.erase("context");
    fact["type"] = "track";
    fact["event"] = "Experiment Assigned";
    fact["messageId"] = event.at("messageId").get<std::string>() + "+" + std::to_string(number);
    fact["properties"] = Json{{"experiment", assignment.at("experiment")},
                              {"treatment", assignment.at("assigned")},
                              {"holdout", assignment.at("holdout")},
                              {"unit", assignment.at("unit")}};
    return fact;
  }

  std::string difference(const std::vector<std::string>& full, std::vector<std::string> device) const {
    for (std::string& line : device) line = names_.shown(std::move(line));
    for (const std::string& line : device) {
      const bool is_known = std::find(full.begin(), full.end(), line) != full.end();
      if (!is_known && Json::parse(line).contains("assigned")) return "the device alone assigns " + line;
    }
    auto wanted = decisions_by_time(full);
    auto decided = decisions_by_time(device);
    for (const auto& [time, decisions] : decided) wanted[time];
    for (const auto& [time, decisions] : wanted) {
      if (is_in_the_way(decisions) || decided[time] == of_web(decisions)) continue;
      return "the device decides\n" + Json(decided[time]).dump(1) + "\nthe collector\n" +
             Json(decisions).dump(1);
    }
    return {};
  }

  std::string difference_of_facts(std::int64_t time_ms) const {
    std::map<std::string, FactReading> known;
    for (const FactReading& fact : full_.facts(time_ms)) known[fact.name] = fact;
    for (const FactReading& fact : device_.facts(time_ms)) {
      const std::string name = names_.shown(fact.name);
      const auto found = known.find(name);
      if (found == known.end()) return "the device alone knows " + name;
      if (fact.inexact || found->second.inexact) continue;
      const std::string value = fact.value ? names_.shown(fact.value->dump()) : "missing";
      const std::string wanted = found->second.value ? found->second.value->dump() : "missing";
      if (value != wanted) return name + " is " + value + " to the device, " + wanted + " to the collector";
    }
    return {};
  }

  EngineRun full_;
  EngineRun device_;
  HiddenNames names_;
};

}  // namespace

TEST_CASE("the device decides for the web as the collector does where no other channel is in the way") {
  for_random_cases(100, [](const Case& tried, Random random) -> std::string {
    TwoPrograms programs(tried.journey);
    for (const Json& event : tried.events) {
      std::string found = programs.difference_as_it_happens(event);
      if (found.empty() && random.chance(20)) {
        // Not so far that the next event would be late.
        found = programs.difference_as_time_passes(time_of(event));
      }
      if (!found.empty()) return found;
    }
    const std::int64_t last_ms = tried.events.empty() ? 0 : time_of(tried.events.back());
    return programs.difference_as_time_passes(last_ms + std::int64_t{3} * 24 * 60 * 60 * 1000);
  });
}
