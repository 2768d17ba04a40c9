#include "tests/reference/behaviors.hpp"

#include <cmath>
#include <set>
#include <vector>

#include "tests/reference/affinities.hpp"
#include "tests/reference/calendar.hpp"
#include "tests/reference/conditions.hpp"
#include "tests/reference/facts.hpp"
#include "tests/reference/operators.hpp"
#include "tests/reference/sequences.hpp"

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

// A sum adds no number that would lead out of the finite ones.
double sum_of(const std::vector<Entry>& entries) {
  double sum = 0;
  for (const Entry& entry : entries) {
    const double more = sum + entry.value.get<double>();
    if (std::isfinite(more)) sum = more;
  }
  return sum;
}

std::optional<Json> extreme_of(const std::vector<Entry>& entries, bool is_smallest) {
  std::optional<Json> extreme;
  for (const Entry& entry : entries) {
    const double number = entry.value.get<double>();
    if (!extreme || (is_smallest ? number < extreme->get<double>() : number > extreme->get<double>())) {
      extreme = number;
    }
  }
  return extreme;
}

std::size_t distinct_of(const std::vector<Entry>& entries) {
  std::set<std::string> texts;
  for (const Entry& entry : entries) {
    if (entry.value.is_null()) continue;
    texts.insert(entry.value.is_number() ? Json(entry.value.get<double>()).dump() : entry.value.dump());
  }
  return texts.size();
}

}  // namespace

std::optional<Json> behavior(const Moment& moment, const std::string& id) {
  const Json& spec = *definition(moment.history.journey, "behaviors", id);
  if (spec.contains("sequence")) return completed_sequences(moment, spec);
  if (spec.contains("affinity")) return dearest_texts(moment, spec);
  const std::vector<Entry> entries =
      within(entries_of(moment, spec), duration_of(spec, "within"), moment.time);
  if (spec.contains("sum")) return sum_of(entries);
  if (spec.contains("distinct")) return distinct_of(entries);
  if (spec.contains("min") || spec.contains("max")) return extreme_of(entries, spec.contains("min"));
  if (!spec.contains("first") && !spec.contains("last")) return entries.size();
  if (entries.empty()) return std::nullopt;
  return spec.contains("first") ? entries.front().value : entries.back().value;
}

std::size_t entries_ever(const Moment& moment, const std::string& id) {
  return entries_of(moment, *definition(moment.history.journey, "behaviors", id)).size();
}

}  // namespace desirepath::reference
