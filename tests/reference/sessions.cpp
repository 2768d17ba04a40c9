#include "tests/reference/sessions.hpp"

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

}  // namespace

std::optional<Json> session(const Moment& moment, const std::string& field) {
  const LatestSession latest = latest_session(moment.history);
  if (latest.number == 0) return std::nullopt;
  if (field == "number") return latest.number;
  if (field == "events") return latest.events.size();
  if (field == "age") return moment.time - latest.events.front()->time;
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
