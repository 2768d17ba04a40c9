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
constexpr Time kGapMax = 2 * 24 * 60 * kMinute;

class EventMaker {
 public:
  EventMaker(Random& random, const Json& journey) : random_(random), journey_(journey) {}

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
      const Time edge = random_.pick(times_) + window + random_.between(-1, 1);
      if (edge >= times_.back() && edge - times_.back() <= kGapMax) return edge;
    }
    return times_.back() + random_.between(0, 15) * kMinute + random_.between(0, 2);
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
    event["anonymousId"] = "a1";
    if (kind == 4 && effect(event)) return event;
    if (kind > 3) event["event"] = random_.pick(kEventNames);
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
    if (random_.chance(15)) properties["tags"] = Json::array({random_.pick({"x", "y"}), value()});
    if (random_.chance(15)) properties["o"] = Json{{"k", value()}, {"l", 1}};
    return properties;
  }

  Json traits() {
    Json traits = Json::object();
    if (random_.chance(60)) traits["plan"] = random_.pick(kPlans);
    if (random_.chance(30)) traits["age"] = value();
    if (random_.chance(20)) traits["plan"] = nullptr;
    if (random_.chance(10)) traits["age"] = Json::array({1});
    return traits;
  }

  Json context() {
    Json context = Json::object();
    if (random_.chance(60)) {
      context["consent"]["categoryPreferences"][random_.pick(kCategories)] = random_.chance(70);
    }
    if (random_.chance(40)) context["page"]["path"] = random_.pick({"/", "/shoes"});
    return context;
  }

  // The fact that a decision took effect: one of this journey's triggers after an earlier event, or another
  // system's.
  bool effect(Json& event) {
    const Json& triggers = journey_.at("triggers");
    const Json& trigger = triggers.at(random_.below(triggers.size()));
    const std::string id = random_.chance(80) ? trigger.at("id").get<std::string>() : "elsewhere";
    const std::string channel = random_.pick(kChannels);
    const std::string anchor =
        events_.empty() ? "m0" : random_.pick(events_).at("messageId").get<std::string>();
    Json properties = Json::object();
    if (random_.chance(90)) properties["decisionId"] = anchor + "~" + id + "~" + channel;
    properties["trigger"] = id;
    if (trigger.contains("purpose")) properties["purpose"] = trigger.at("purpose");
    properties["channel"] = channel;
    event["event"] = random_.chance(50) ? "Decision Exposed" : "Decision Delivered";
    event["properties"] = std::move(properties);
    return true;
  }

  Random& random_;
  const Json& journey_;
  std::vector<Json> events_;
  std::vector<Time> times_;
  std::set<std::string> ids_;
};

}  // namespace

std::vector<Json> random_events(Random& random, const Json& journey) {
  return EventMaker(random, journey).make();
}

}  // namespace desirepath::tests
