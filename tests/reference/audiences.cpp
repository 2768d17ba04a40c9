#include "tests/reference/audiences.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <set>

#include "tests/reference/calendar.hpp"
#include "tests/reference/conditions.hpp"
#include "tests/reference/facts.hpp"
#include "tests/reference/scores.hpp"
#include "tests/reference/touches.hpp"
#include "tests/reference/triggers.hpp"

namespace desirepath::reference {

namespace {

void for_each_text(const Json& value, const std::function<void(const std::string&)>& use) {
  if (value.is_string()) use(value.get<std::string>());
  if (!value.is_structured()) return;
  for (const Json& inner : value) for_each_text(inner, use);
}

// Every span of time the journey speaks of, wherever it does.
std::set<Time> durations_in(const Json& journey) {
  std::set<Time> durations{30 * 60 * 1000};
  for_each_text(journey, [&](const std::string& text) {
    const bool is_digits_first = !text.empty() && text[0] >= '0' && text[0] <= '9';
    if (is_digits_first && std::isalpha(static_cast<unsigned char>(text.back())) != 0) {
      durations.insert(parse_duration(text));
    }
  });
  return durations;
}

void for_each_number(const Json& value, const std::function<void(double)>& use) {
  if (value.is_number()) use(value.get<double>());
  if (!value.is_structured()) return;
  for (const Json& inner : value) for_each_number(inner, use);
}

// The first time after `after`, up to `until`, at which a score that only fades compares with a number in
// another way.
std::optional<Time> crossing(const History& history, const std::string& id, double number, Time after,
                             Time until) {
  const auto order = [&](Time time) {
    const double now = score(Moment{history, nullptr, time}, id);
    return now < number ? -1 : now > number ? 1 : 0;
  };
  if (order(after) == order(until)) return std::nullopt;
  Time same = after;
  Time other = until;
  while (other - same > 1) {
    const Time middle = same + (other - same) / 2;
    (order(middle) == order(after) ? same : other) = middle;
  }
  return other;
}

// When scores fade past a number of the journey.
void add_crossings(const History& history, Time after, std::set<Time>& times) {
  constexpr Time kLongest = Time{100} * 24 * 60 * 60 * 1000;
  if (!history.journey.contains("scores")) return;
  for (const auto& [id, spec] : history.journey.at("scores").items()) {
    const auto use = [&, name = id](double number) {
      if (const auto time = crossing(history, name, number, after, after + kLongest)) times.insert(*time);
    };
    for_each_number(history.journey.at("audiences"), use);
    if (spec.contains("tiers")) for_each_number(spec.at("tiers"), use);
  }
}

}  // namespace

bool is_member(const Moment& moment, const std::string& audience) {
  return holds(moment, *definition(moment.history.journey, "audiences", audience));
}

std::vector<std::string> watched_audiences(const Json& journey) {
  std::vector<std::string> watched;
  if (!journey.contains("audiences")) return watched;
  for (const auto& [id, condition] : journey.at("audiences").items()) {
    for (const Json* trigger : enabled_triggers(journey)) {
      const Json& occasion = occasion_of(*trigger);
      if (text_of(occasion, "audience_enter") != id && text_of(occasion, "audience_leave") != id) continue;
      watched.push_back(id);
      break;
    }
  }
  return watched;
}

std::string last_touch(const Moment& moment, const std::string& audience) {
  const Json& condition = *definition(moment.history.journey, "audiences", audience);
  const std::vector<Happening>& events = moment.history.events;
  for (std::size_t i = events.size(); i-- > 1;) {
    if (can_change(moment.history.journey, condition, events[i].name)) return events[i].message_id;
  }
  return events.front().message_id;
}

std::optional<Time> next_look(const History& history, Time after) {
  if (history.events.empty() || watched_audiences(history.journey).empty()) return std::nullopt;
  std::set<Time> times;
  for (const Time duration : durations_in(history.journey)) {
    for (const Happening& event : history.events) {
      times.insert(event.time + duration);
      times.insert(event.time + duration + 1);
    }
  }
  add_crossings(history, after, times);
  const auto next = times.upper_bound(after);
  return next == times.end() ? std::nullopt : std::optional<Time>(*next);
}

}  // namespace desirepath::reference
