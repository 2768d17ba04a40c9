#include "tests/property/random_journey.hpp"

#include "tests/property/random_condition.hpp"
#include "tests/property/random_events.hpp"

namespace desirepath::tests {

namespace {

using namespace vocabulary;

class JourneyMaker {
 public:
  explicit JourneyMaker(Random& random) : random_(random), condition_(random, nameable_) {}

  Json make() {
    journey_ = {{"schema", "desirepath/journey/1"}, {"journey", "random"}, {"version", 1}};
    const int behaviors = random_.between(0, 4);
    for (int i = 0; i < behaviors; ++i) add_behavior("b" + std::to_string(i));
    if (random_.chance(30)) add_score("points");
    if (random_.chance(20)) add_model("likely");
    if (random_.chance(60)) add_stages();
    const int audiences = random_.between(0, 2);
    for (int i = 0; i < audiences; ++i) add_audience("a" + std::to_string(i));
    if (random_.chance(20)) add_asks();
    add_holders();
    const int triggers = random_.between(1, 6);
    for (int i = 0; i < triggers; ++i) journey_["triggers"].push_back(trigger("t" + std::to_string(i)));
    if (random_.chance(30)) add_suppression();
    if (random_.chance(25)) add_experiment("x");
    if (random_.chance(10)) journey_["holdout"] = 0.4;
    return std::move(journey_);
  }

 private:
  std::string event_name() {
    return random_.chance(90) ? random_.pick(kEventNames)
                              : random_.pick({std::string("page"), std::string("identify")});
  }

  Json filter(int where_percent) {
    Json made{{"event", event_name()}};
    if (random_.chance(where_percent)) made["where"] = condition_.of_event(1);
    return made;
  }

  Json cap() { return {{"times", random_.between(1, 3)}, {"per", random_.pick(kWindows)}}; }

  void add_behavior(const std::string& id) {
    Json& behavior = journey_["behaviors"][id];
    const int kind = random_.between(1, 14);
    if (kind == 1) return make_sequence(behavior, id);
    behavior = filter(30);
    if (kind == 2) return make_affinity(behavior, id);
    if (random_.chance(60)) behavior["within"] = random_.pick(kWindows);
    const std::string any_fact =
        random_.pick({"properties.v", "properties.c", "properties.at", "context.page.path"});
    const std::string number_fact = random_.pick({"properties.v", "properties.o.k"});
    std::vector<std::string>* named = &nameable_.counts;
    if (kind <= 5) {
      behavior[random_.pick({"sum", "sum", "min", "max"})] = number_fact;
      named = &nameable_.numbers;
    } else if (kind <= 7) {
      behavior[random_.pick({"first", "last"})] = any_fact;
      named = &nameable_.values;
      if (!behavior.contains("within")) dates_.push_back("behaviors." + id);
    } else if (kind == 8) {
      behavior["distinct"] = any_fact;
    }
    // What may keep too few is read beside the reference; conditions compare with exact values alone.
    const bool keeps_few = random_.chance(15) || (behavior.contains("first") && behavior.contains("within"));
    if (!behavior.contains("last")) behavior["keep"] = keeps_few ? random_.between(1, 3) : kEventsMax;
    if (!keeps_few) named->push_back(id);
  }

  void make_sequence(Json& behavior, const std::string& id) {
    for (int steps = random_.between(2, 3); steps > 0; --steps) behavior["sequence"].push_back(filter(20));
    if (random_.chance(50)) behavior["within"] = random_.pick(kWindows);
    if (random_.chance(40)) behavior["not_between"] = filter(20);
    nameable_.counts.push_back(id);
  }

  void make_affinity(Json& behavior, const std::string& id) {
    behavior["affinity"] = random_.pick({"properties.c", "properties.v"});
    behavior["half_life"] = random_.pick(kWindows);
    behavior["keep"] = random_.between(2, 4);
    nameable_.affinities.push_back(id);
  }

  void add_score(const std::string& id) {
    Json& score = journey_["scores"][id];
    if (random_.chance(70)) score["half_life"] = random_.pick(kWindows);
    for (int entries = random_.between(1, 2); entries > 0; --entries) {
      Json entry = filter(20);
      if (random_.chance(30)) {
        entry["points"] = "properties.v";
      } else {
        entry["points"] = random_.between(-2, 5);
      }
      score["add"].push_back(std::move(entry));
    }
    score["tiers"] = Json{{"high", 6.2831853}, {"low", 1.6180339}};
    nameable_.scores.push_back(id);
  }

  void add_model(const std::string& id) {
    Json& model = journey_["models"][id];
    model = {{"type", "logistic"}, {"intercept", random_.between(-2, 2) * 0.31}, {"terms", Json::array()}};
    for (int terms = random_.between(1, 3); terms > 0; --terms) {
      Json term{{"weight", random_.between(-5, 5) * 0.17}};
      if (random_.chance(40)) {
        term["when"] = condition_.of_profile(Reads::no_audience, 0);
      } else if (random_.chance(50)) {
        term["fact"] = "session.age";
        term["per"] = random_.pick(kWindows);
      } else {
        term["fact"] =
            nameable_.counts.empty() ? "traits.age" : "behaviors." + random_.pick(nameable_.counts);
        if (random_.chance(50)) term["missing"] = 0.5;
      }
      model["terms"].push_back(std::move(term));
    }
    nameable_.models.push_back(id);
  }

  void add_stages() {
    const int count = random_.between(1, 3);
    for (int i = 0; i < count; ++i) nameable_.stages.push_back("s" + std::to_string(i));
    for (const std::string& id : nameable_.stages) {
      Json enter = Json::array();
      for (int rules = random_.between(1, 2); rules > 0; --rules) {
        Json rule = filter(40);
        if (random_.chance(40)) rule["when"] = condition_.of_both(1);
        enter.push_back(std::move(rule));
      }
      Json stage{{"id", id}, {"enter", std::move(enter)}};
      if (random_.chance(60)) {
        stage["intent"] = random_.pick({"look", "buy"});
        nameable_.intents.push_back(stage["intent"]);
      }
      if (random_.chance(30)) stage["touchpoints"] = Json::array({event_name()});
      if (random_.chance(40)) stage["stuck_after"] = random_.pick(kWindows);
      if (random_.chance(30)) {
        stage["exit"] = filter(40);
        if (random_.chance(40)) stage["exit"]["when"] = condition_.of_both(1);
      }
      journey_["stages"].push_back(std::move(stage));
    }
  }

  void add_audience(const std::string& id) {
    const bool is_calm = random_.chance(50);
    journey_["audiences"][id] = condition_.of_profile(is_calm ? Reads::calm : Reads::no_audience);
    nameable_.audiences.push_back(id);
    if (is_calm) watchable_.push_back(id);
  }

  void add_asks() {
    for (const std::string& field : kFields) {
      Json& ask = journey_["asks"][field] = Json::object();
      if (random_.chance(50)) ask["trait"] = "age";
      if (random_.chance(60)) ask["cap"] = cap();
      if (random_.chance(30)) ask["when"] = condition_.of_profile(Reads::everything, 0);
      if (random_.chance(30)) ask["priority"] = random_.between(-1, 1);
      nameable_.fields.push_back(field);
    }
  }

  // Channels, purposes and promises with what they hold back.
  void add_holders() {
    for (const std::string& channel : kChannels) {
      if (!random_.chance(35)) continue;
      Json made = Json::object();
      if (random_.chance(60)) made["cap"] = cap();
      if (random_.chance(30)) made["consent"] = random_.pick(kCategories);
      if (random_.chance(30))
        made["quiet"] =
            random_.chance(50) ? Json::array({"21:30", "08:00"}) : Json::array({"01:00", "01:45"});
      journey_["channels"][channel] = std::move(made);
    }
    if (random_.chance(50)) journey_["purposes"]["p0"] = Json{{"cap", cap()}};
    if (!random_.chance(30)) return;
    journey_["promises"]["free"] = Json{{"contradicts", Json::array({"cheap"})}};
    journey_["promises"]["cheap"] = Json::object();
    if (random_.chance(50)) journey_["promises"]["cheap"]["for"] = random_.pick(kWindows);
  }

  void add_suppression() {
    Json suppression{{"when", condition_.of_profile(Reads::everything, 1)}};
    if (random_.chance(50))
      suppression["channels"] = Json::array({journey_["triggers"][0]["do"][0]["channel"]});
    const Json& last = journey_["triggers"].back();
    if (last.contains("purpose") && random_.chance(50))
      suppression["purposes"] = Json::array({last["purpose"]});
    journey_["suppressions"]["s0"] = std::move(suppression);
  }

  void add_experiment(const std::string& id) {
    const Json& triggers = journey_["triggers"];
    const std::size_t first = random_.below(triggers.size());
    const Json& trigger = triggers.at(first);
    const std::string path = trigger.at("id").get<std::string>() + ".";
    Json factor = Json::object();
    switch (random_.between(1, 4)) {
      case 1: factor[path + "enabled"] = Json::array({true, false}); break;
      case 2: factor[path + "content"] = Json::array({Json{{"n", 1}}, Json{{"n", 2}}, Json{{"n", 3}}}); break;
      case 3:
        if (trigger.contains("for")) {
          factor[path + "for"] = Json::array({"10m", "2h"});
          break;
        }
        [[fallthrough]];
      default: {
        const Json& channel = trigger.at("do").at(0).at("channel");
        const Json& other = trigger.at("do").back().at("channel");
        factor[path + "enabled"] = Json::array({false, true});
        if (other != channel) factor[path + "do"] = Json::array({channel, Json::array({channel, other})});
      }
    }
    Json experiment{{"id", id}, {"factors", Json{{"f", factor}}}};
    if (triggers.size() > 1 && random_.chance(40)) {
      const Json& other = triggers.at((first + 1) % triggers.size()).at("id");
      experiment["factors"]["g"][other.get<std::string>() + ".enabled"] = Json::array({true, false});
      if (random_.chance(50)) experiment["weights"]["g"] = Json::array({0.25, 0.75});
    }
    if (random_.chance(40)) experiment["coverage"] = 0.6;
    if (random_.chance(40)) experiment["holdout"] = 0.3;
    if (random_.chance(30)) experiment["unit"] = "userId";
    if (random_.chance(30)) {
      experiment["namespace"] = Json{{"id", "space"}, {"range", Json::array({0.1, 0.75})}};
    }
    journey_["experiments"].push_back(std::move(experiment));
  }

  Json action() {
    const std::string channel = random_.chance(60) ? "web" : random_.pick(kChannels);
    if (channel != "web") return {{"channel", channel}};
    return {{"channel", channel}, {"slot", random_.pick(kSlots)}};
  }

  Json trigger(const std::string& id) {
    Json made{{"id", id}};
    if (random_.chance(40)) {
      make_delayed(made);
    } else if (const Json occasion = random_.chance(30) ? occurrence(true) : Json(); !occasion.is_null()) {
      made["on"] = occasion;
      if (random_.chance(50)) made["when"] = condition_.of_profile(Reads::everything, 1);
    } else if (random_.chance(8)) {
      made["schedule"] = schedule();
      if (random_.chance(50)) made["when"] = condition_.of_profile(Reads::everything, 1);
    } else {
      made.update(filter(30));
      if (random_.chance(60)) made["when"] = condition_.of_both();
    }
    if (random_.chance(50)) made["purpose"] = random_.pick({"p0", "p1"});
    if (journey_.contains("promises") && random_.chance(70))
      made["promise"] = random_.pick({"free", "cheap"});
    if (random_.chance(20)) made["group"] = "g";
    if (random_.chance(40)) made["freshness"] = random_.pick(kWindows);
    if (random_.chance(40)) made["cap"] = cap();
    if (random_.chance(50)) made["priority"] = random_.between(-2, 2);
    if (random_.chance(5)) made["enabled"] = false;
    made["do"] = Json::array({action()});
    if (random_.chance(25)) made["do"].push_back(action());
    return made;
  }

  // A move or a change as an occasion; null where there is nothing that moves.
  Json occurrence(bool may_be_stuck) {
    if (!watchable_.empty() && random_.chance(60)) {
      return {{random_.pick({"audience_enter", "audience_leave"}), random_.pick(watchable_)}};
    }
    if (nameable_.stages.empty()) return nullptr;
    const std::size_t at = random_.below(nameable_.stages.size());
    const bool has_stuck = journey_["stages"][at].contains("stuck_after");
    if (may_be_stuck && has_stuck && random_.chance(50)) return {{"stage_stuck", nameable_.stages[at]}};
    return {{random_.pick({"stage_enter", "stage_leave"}), nameable_.stages[at]}};
  }

  Json schedule() {
    Json made{{"fact", random_.pick(dates_)}};
    if (random_.chance(60)) {
      const std::string sign = random_.chance(50) ? "-" : "";
      made["offset"] = sign + random_.pick(kWindows);
    }
    if (random_.chance(50)) made["time"] = random_.pick({"00:00", "06:30", "23:59"});
    return made;
  }

  void make_delayed(Json& trigger) {
    trigger["after"] = random_.chance(30) ? occurrence(false) : Json();
    if (trigger["after"].is_null()) trigger["after"] = filter(30);
    if (random_.chance(60))
      trigger["absent"] = random_.chance(80) ? filter(30) : Json::array({filter(30), filter(30)});
    trigger["for"] = random_.pick(kWindows);
    if (!random_.chance(60)) return;
    // What reads the event and what reads the profile are members of their own.
    Json when = random_.chance(60) ? condition_.of_profile() : Json::object();
    const Json& after = trigger["after"];
    const bool has_event = !after.contains("audience_enter") && !after.contains("audience_leave");
    if (has_event && random_.chance(40)) when.update(condition_.of_event(0));
    trigger["when"] = std::move(when);
  }

  Random& random_;
  Json journey_;
  std::vector<std::string> watchable_;  // audiences
  std::vector<std::string> dates_{"traits.renewal"};
  Nameable nameable_;
  RandomCondition condition_;
};

}  // namespace

Json random_journey(Random& random) {
  return JourneyMaker(random).make();
}

}  // namespace desirepath::tests
