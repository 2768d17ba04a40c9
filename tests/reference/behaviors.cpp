#include "tests/reference/behaviors.hpp"

#include <vector>

#include "tests/reference/calendar.hpp"
#include "tests/reference/conditions.hpp"
#include "tests/reference/facts.hpp"

namespace desirepath::reference {

namespace {

struct Entry {
  Time time;
  Json value;
};

std::string fact_name(const Json& behavior) {
  for (const char* kind : {"sum", "min", "max", "first", "last", "distinct"}) {
    if (behavior.contains(kind)) return text_of(behavior, kind);
  }
  return {};
}

bool wants_number(const Json& behavior) {
  return behavior.contains("sum") || behavior.contains("min") || behavior.contains("max");
}

// The events that count, with what they carry, oldest first.
std::vector<Entry> entries_of(const Moment& moment, const Json& behavior) {
  const std::string name = fact_name(behavior);
  std::vector<Entry> entries;
  for (const Happening& event : moment.history.events) {
    const Moment then{moment.history, &event, event.time};
    if (!matches(then, behavior)) continue;
    if (name.empty()) {
      entries.push_back({event.time, nullptr});
      continue;
    }
    const auto value = fact(then, name);
    if (!value || value->is_structured()) continue;
    if (!wants_number(behavior)) entries.push_back({event.time, *value});
    if (const auto number = number_of(value); number && wants_number(behavior)) {
      entries.push_back({event.time, *number});
    }
  }
  return entries;
}

std::vector<Entry> within(const std::vector<Entry>& entries, Time window, Time now) {
  if (window == 0) return entries;
  std::vector<Entry> inside;
  for (const Entry& entry : entries) {
    if (entry.time > now - window && entry.time <= now) inside.push_back(entry);
  }
  return inside;
}

}  // namespace

std::optional<Json> behavior(const Moment& moment, const std::string& id) {
  const Json& spec = *definition(moment.history.journey, "behaviors", id);
  const std::vector<Entry> entries =
      within(entries_of(moment, spec), duration_of(spec, "within"), moment.time);
  if (spec.contains("sum")) {
    double sum = 0;
    for (const Entry& entry : entries) sum += entry.value.get<double>();
    return sum;
  }
  if (spec.contains("last")) {
    return entries.empty() ? std::nullopt : std::optional<Json>(entries.back().value);
  }
  return static_cast<double>(entries.size());
}

std::size_t entries_ever(const Moment& moment, const std::string& id) {
  return entries_of(moment, *definition(moment.history.journey, "behaviors", id)).size();
}

}  // namespace desirepath::reference
