#include "tests/reference/asks.hpp"

#include "tests/reference/calendar.hpp"
#include "tests/reference/conditions.hpp"
#include "tests/reference/facts.hpp"

namespace desirepath::reference {

std::string trait_of_field(const Json& journey, const std::string& field) {
  const Json* ask = definition(journey, "asks", field);
  const std::string trait = ask == nullptr ? std::string() : text_of(*ask, "trait");
  return trait.empty() ? field : trait;
}

std::size_t times_asked(const Moment& moment, const std::string& field) {
  const Json& ask = *definition(moment.history.journey, "asks", field);
  const Time window = ask.contains("cap") ? duration_of(ask.at("cap"), "per") : 0;
  std::size_t times = 0;
  for (const Happening& event : moment.history.events) {
    const bool is_inside = window == 0 || event.time > moment.time - window;
    if (event.type == "track" && event.name == "Field Asked" && is_inside &&
        walk(event.body, "properties.field") == Json(field)) {
      ++times;
    }
  }
  return times;
}

bool should_ask(const Moment& moment, const std::string& field) {
  const Json& ask = *definition(moment.history.journey, "asks", field);
  if (fact(moment, "known." + field) == Json(true)) return false;
  if (ask.contains("cap") && times_asked(moment, field) >= ask.at("cap").at("times").get<std::size_t>()) {
    return false;
  }
  return holds_member(moment, ask, "when");
}

std::string next_ask(const Moment& moment) {
  std::string next;
  std::int64_t highest = INT64_MIN;
  for (const auto& [field, ask] : moment.history.journey.at("asks").items()) {
    const auto priority = ask.value("priority", std::int64_t{0});
    if (priority <= highest || !should_ask(moment, field)) continue;
    highest = priority;
    next = field;
  }
  return next;
}

}  // namespace desirepath::reference
