#include "tests/reference/sessions.hpp"

#include <algorithm>

#include "tests/reference/circumstances.hpp"
#include "tests/reference/intents.hpp"

namespace desirepath::reference {

namespace {

constexpr Time kSilence = 30 * 60 * 1000;

// The events of the latest session, and how many sessions there were.
struct LatestSession {
  std::size_t number = 0;
  std::vector<const Happening*> events;
};

LatestSession latest_session(const History& history) {
  LatestSession latest;
  for (const Happening& event : history.events) {
    if (latest.events.empty() || event.time - latest.events.back()->time > kSilence) {
      latest.events.clear();
      ++latest.number;
    }
    latest.events.push_back(&event);
  }
  return latest;
}

// Gaps between events, each as far as somebody may have been there.
Time engaged(const std::vector<const Happening*>& events) {
  constexpr Time kMinute = 60 * 1000;
  Time sum = 0;
  for (std::size_t i = 1; i < events.size(); ++i) {
    sum += std::min(events[i]->time - events[i - 1]->time, kMinute);
  }
  return sum;
}

}  // namespace

std::optional<Json> session(const Moment& moment, const std::string& field) {
  const LatestSession latest = latest_session(moment.history);
  if (latest.number == 0) return std::nullopt;
  if (field == "number") return latest.number;
  if (field == "events") return latest.events.size();
  if (field == "age") return moment.time - latest.events.front()->time;
  if (field == "referrer" || field == "landing") return beginning(latest.events, field);
  if (field == "intent" || field == "intent_confidence") {
    return intent(moment.history.journey, latest.events, field);
  }
  if (field == "engaged") return engaged(latest.events);
  if (field == "pages") {
    std::size_t pages = 0;
    for (const Happening* event : latest.events) {
      if (event->type == "page" || event->type == "screen") ++pages;
    }
    return pages;
  }
  return std::nullopt;
}

}  // namespace desirepath::reference
