#include "tests/reference/conditions.hpp"

#include "tests/reference/calendar.hpp"
#include "tests/reference/facts.hpp"
#include "tests/reference/operators.hpp"

namespace desirepath::reference {

namespace {

// Texts that are durations, as numbers of milliseconds.
Json in_milliseconds(const Json& test) {
  if (test.is_string()) return parse_duration(test.get<std::string>());
  Json numbers = test;
  if (test.is_structured()) {
    for (Json& inner : numbers) inner = in_milliseconds(inner);
  }
  return numbers;
}

// The document with the tests of facts that are spans of time in milliseconds.
Json without_durations(const Json& document) {
  Json plain = document;
  for (auto& [key, value] : plain.items()) {
    if (is_duration(key)) value = in_milliseconds(value);
    if (key == "$not") value = without_durations(value);
    if (key != "$and" && key != "$or" && key != "$nor") continue;
    for (Json& inner : value) inner = without_durations(inner);
  }
  return plain;
}

bool reads_event(const std::string& key, const Json& value) {
  if (!key.empty() && key[0] != '$') {
    return key == "event" || key == "type" || key.rfind("properties.", 0) == 0 ||
           key.rfind("context.", 0) == 0;
  }
  const auto any_member = [](const Json& document) {
    for (const auto& [inner, test] : document.items()) {
      if (reads_event(inner, test)) return true;
    }
    return false;
  };
  if (value.is_object()) return any_member(value);
  for (const Json& document : value) {
    if (any_member(document)) return true;
  }
  return false;
}

}  // namespace

bool holds(const Moment& moment, const Json& document) {
  return holds_over(without_durations(document), [&](const std::string& name) { return fact(moment, name); });
}

bool holds_member(const Moment& moment, const Json& object, const char* key) {
  const auto document = object.find(key);
  return document == object.end() || holds(moment, *document);
}

bool matches(const Moment& moment, const Json& filter) {
  return moment.event != nullptr && moment.event->name == text_of(filter, "event") &&
         holds_member(moment, filter, "where");
}

SplitCondition split(const Json& document) {
  SplitCondition parts;
  for (const auto& [key, value] : document.items()) {
    (reads_event(key, value) ? parts.of_event : parts.of_profile)[key] = value;
  }
  return parts;
}

}  // namespace desirepath::reference
