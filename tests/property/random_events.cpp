#include "tests/property/random_events.hpp"

#include <algorithm>
#include <set>

#include "tests/reference/calendar.hpp"

namespace desirepath::tests {

namespace {

using reference::Time;
using namespace vocabulary;

constexpr Time kStart = 1767225600000;  // 2026-01-01
constexpr Time kMinute = 60 * 1000;
constexpr std::size_t kReservationsMax = 3;
constexpr Time kGapMax = 2 * 24 * 60 * kMinute;

class EventMaker {
 public:
  EventMaker(Random& random, const Json& journey)
      : random_(random),
        journey_(journey),
        person_("u" + std::to_string(random.between(1, 9999))),
        effects_of_20_(random.chance(30) ? random.between(3, 8) : 1),
        asks_(journey.contains("asks")) {}

  std::vector<Json> make() {
    const int count = random_.between(3, kEventsMax);
    for (int i = 0; i < count; ++i) events_.push_back(event());
    std::sort(events_.begin(), events_.end(), [](const Json& a, const Json& b) {
      return std::pair(a.at("timestamp").get<std::string>(), a.at("messageId").get<std::string>()) <
             std::pair(b.at("timestamp").get<std::string>(), b.at("messageId").get<std::string>());
    });
    return std::move(events_);
  }

 private:
  // Later than all before or at the same time.
  Time next_time() {
    const int way = random_.between(1, 10);
    if (way <= 2) return times_.back();
    if (way <= 6) {
      const Time window = reference::parse_duration(random_.pick(kWindows));
      const Time anchor = random_.pick(times_);
      const Time edge = anchor + window + random_.between(-1, 1);
      if (edge >= times_.back() && edge - times_.back() <= kGapMax) return edge;
    }
    const Time minutes = random_.between(0, 15) * kMinute;
    return times_.back() + minutes + random_.between(0, 2);
  }

  std::string new_message_id() {
    while (true) {
      const std::string id = "m" + std::to_string(random_.between(100, 999));
      if (ids_.insert(id).second) return id;
    }
  }

  Json event() {
    times_.push_back(times_.empty() ? kStart : next_time());
    Json event = Json::object();
    const int kind = random_.between(1, 20);
    event["type"] = kind == 1 ? "page" : kind <= 3 ? "identify" : "track";
    event["messageId"] = new_message_id();
    event["timestamp"] = reference::timestamp_of(times_.back());
    if (random_.chance(90)) event["anonymousId"] = person_ + random_.pick({"a", "b"});
    event["userId"] = person_;
    if (kind > 3) event["event"] = random_.pick(kEventNames);
    if (kind <= 3 + effects_of_20_) {
      if (kind > 3) make_effect(event);
    } else if (asks_ && random_.chance(15)) {
      event["event"] = "Field Asked";
      event["properties"] = Json{{"field", random_.pick(kFields)}};
      return event;
    }
    if (journey_.contains("experiments") && kind > 18) {
      event["event"] = "Experiment Assigned";
      event["properties"] = assignment();
    }
    if (event.contains("properties")) return event;
    if (kind <= 3 && kind > 1) event["traits"] = traits();
    if (kind != 2 && kind != 3) event["properties"] = properties();
    if (random_.chance(25)) event["context"] = context();
    return event;
  }

  Json value() {
    switch (random_.between(1, 8)) {
      case 1: return random_.pick({"5", "7.25", "abc", "-1"});
      case 2: return random_.pick({2.5, 0.1, 0.2});
      case 3: return random_.chance(50);
      case 4: return nullptr;
      default: return random_.between(0, 6);
    }
  }

  Json properties() {
    Json properties = Json::object();
    if (random_.chance(60)) properties["c"] = random_.pick(kColours);
    if (random_.chance(60)) properties["v"] = value();
    if (random_.chance(15))
      properties["tags"] = Json::array({random_.pick({"x", "y", "X", "blue"}), value()});
    if (random_.chance(8)) properties["tags"].push_back(Json{{"k", value()}});
    if (random_.chance(15)) properties["o"] = Json{{"k", value()}, {"l", 1}};
    if (random_.chance(10)) properties["at"] = date();
    return properties;
  }

  // A day, a moment soon, or such a moment as a number.
  Json date() {
    const Time soon = times_.back() + random_.between(-1, 30) * 60 * kMinute;
    const std::string text = reference::timestamp_of(soon);
    return random_.chance(30) ? Json(soon) : Json(random_.chance(50) ? text : text.substr(0, 10));
  }

  Json traits() {
    Json traits = Json::object();
    if (random_.chance(60)) traits["plan"] = random_.pick(kPlans);
    if (random_.chance(30)) traits["age"] = value();
    if (random_.chance(20)) traits["plan"] = nullptr;
    if (random_.chance(10)) traits["age"] = Json::array({1});
    if (random_.chance(30)) traits["renewal"] = date();
    return traits;
  }

  Json context() {
    Json context = Json::object();
    if (random_.chance(40)) {
      context["consent"]["categoryPreferences"][random_.pick(kCategories)] = random_.chance(70);
    }
    if (random_.chance(30)) context["page"]["path"] = random_.pick({"/", "/shoes"});
    if (random_.chance(30)) context["page"]["url"] = random_.pick(kPages);
    if (random_.chance(20)) context["page"]["referrer"] = random_.pick(kReferrers);
    if (random_.chance(15)) {
      const std::string field = random_.pick({"name", "source", "term", "content"});
      context["campaign"][field] = random_.pick({"x", "y"});
    }
    if (random_.chance(15)) context["screen"]["width"] = random_.pick({767, 768, 1024});
    if (random_.chance(10)) context["os"]["name"] = "Linux";
    if (random_.chance(10)) context["locale"] = random_.pick({"de-AT", "en"});
    if (random_.chance(15)) context["utcOffset"] = random_.pick({-90, 0, 600});
    if (random_.chance(15)) context["timezone"] = random_.pick({"Made/Forward", "Made/Half", "Made/Unknown"});
    return context;
  }

  // A fact about a decision: of one of this journey's triggers after an earlier event, or of another
  // system's.
  void make_effect(Json& event) {
    const Json& triggers = journey_.at("triggers");
    const Json& trigger = triggers.at(random_.below(triggers.size()));
    const std::string id = random_.chance(80) ? trigger.at("id").get<std::string>() : "elsewhere";
    const std::string channel = random_.pick(kChannels);
    Json properties = Json::object();
    if (random_.chance(90)) properties["decisionId"] = anchor() + "~" + id + "~" + channel;
    properties["trigger"] = id;
    for (const char* key : {"purpose", "promise"}) {
      if (trigger.contains(key)) properties[key] = trigger.at(key);
    }
    properties["channel"] = channel;
    if (random_.chance(5)) properties["holdout"] = true;
    event["event"] = random_.pick({"Decision Exposed", "Decision Delivered"});
    event["properties"] = std::move(properties);
    reserve_or_release(event);
  }

  // The engine keeps room for few open reservations, so few are made.
  void reserve_or_release(Json& event) {
    if (!reserved_.empty() && random_.chance(40)) {
      event["properties"] = random_.pick(reserved_);
      event["event"] = random_.chance(70) ? "Decision Released" : "Decision Delivered";
    } else if (reserved_.size() < kReservationsMax && random_.chance(20)) {
      event["event"] = "Decision Reserved";
      reserved_.push_back(event["properties"]);
    }
  }

  // A fact from another device: a treatment the made-up experiments can have, or one they cannot.
  Json assignment() {
    const bool is_of_journey = random_.chance(20);
    Json made{{"experiment", is_of_journey ? "holdout" : "x"}};
    made["treatment"] =
        is_of_journey ? random_.pick({"in", "out"}) : random_.pick({"f=10m", "f=true", "f=web", "f=0"});
    if (random_.chance(50)) made["holdout"] = random_.chance(50);
    made["unit"] = "elsewhere";
    return made;
  }

  // Few, so that the same decision is often spoken of.
  std::string anchor() {
    const std::size_t known = std::min<std::size_t>(events_.size(), 4);
    return known == 0 ? "m0" : events_[events_.size() - 1 - random_.below(known)].at("messageId");
  }

  Random& random_;
  const Json& journey_;
  std::vector<Json> events_;
  std::vector<Time> times_;
  std::vector<Json> reserved_;
  std::string person_;
  int effects_of_20_;  // of twenty events, how many are facts about decisions
  bool asks_;
  std::set<std::string> ids_;
};

}  // namespace

std::vector<Json> random_events(Random& random, const Json& journey) {
  return EventMaker(random, journey).make();
}

}  // namespace desirepath::tests
