#include "tests/property/differential.hpp"

#include <cmath>

#include "tests/reference/asks.hpp"
#include "tests/reference/behaviors.hpp"
#include "tests/reference/calendar.hpp"
#include "tests/reference/experiments.hpp"
#include "tests/reference/facts.hpp"

namespace desirepath::tests {

namespace {

std::string joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  return text;
}

std::string shown(const std::optional<Json>& value) {
  return value ? value->dump() : "missing";
}

// The engine's own arithmetic for powers may differ from the library's by rounding.
bool is_rounded(const std::string& name) {
  return name.rfind("scores.", 0) == 0 || name.rfind("propensity.", 0) == 0;
}

bool is_same(const std::string& name, const std::optional<Json>& a, const std::optional<Json>& b) {
  if (!a || !b) return a.has_value() == b.has_value();
  if (!is_rounded(name)) return *a == *b;
  return std::fabs(a->get<double>() - b->get<double>()) <= 1e-9 * std::max(1.0, std::fabs(b->get<double>()));
}

// An ask with a cap counts as far as that, or further where conditions do.
bool may_stop_counting(const FactReading& fact, const std::string& field, const reference::Moment& moment,
                       const Json& journey) {
  const Json& ask = journey.at("asks").at(field);
  return ask.contains("cap") && *fact.value >= ask.at("cap").at("times") &&
         *reference::fact(moment, fact.name) >= *fact.value;
}

// A behavior that says `inexact` must have had more than it keeps.
bool may_be_inexact(const FactReading& fact, const reference::Moment& moment, const Json& journey) {
  const std::string of_asks = "asked.";
  if (fact.name.rfind(of_asks, 0) == 0) {
    return may_stop_counting(fact, fact.name.substr(of_asks.size()), moment, journey);
  }
  const std::string id = fact.name.substr(std::string("behaviors.").size());
  const Json& behavior = journey.at("behaviors").at(id);
  return behavior.contains("keep") &&
         reference::entries_ever(moment, id) > behavior.at("keep").get<std::size_t>();
}

std::optional<Json> wanted_fact(const reference::Moment& moment, const std::string& name) {
  const std::string of_experiments = "experiments.";
  if (name.rfind(of_experiments, 0) != 0) return reference::fact(moment, name);
  return reference::known_place(moment.history, name.substr(of_experiments.size()));
}

}  // namespace

std::string difference_of_facts(const EngineRun& engine, const ReferenceRun& reference, const Json& journey,
                                std::int64_t time_ms) {
  const reference::Moment moment = reference.engine().at(time_ms);
  for (const FactReading& fact : engine.facts(time_ms)) {
    if (fact.inexact && may_be_inexact(fact, moment, journey)) continue;
    const std::optional<Json> wanted = wanted_fact(moment, fact.name);
    if (fact.inexact || !is_same(fact.name, fact.value, wanted)) {
      return fact.name + " at " + reference::timestamp_of(time_ms) + " is " + shown(fact.value) +
             (fact.inexact ? " and inexact" : "") + ", by the reference " + shown(wanted);
    }
  }
  if (!journey.contains("asks") || engine.next_ask(time_ms) == reference::next_ask(moment)) return {};
  return "the next ask is '" + engine.next_ask(time_ms) + "', by the reference '" +
         reference::next_ask(moment) + "'";
}

std::string difference_of_lines(const std::string& what, const std::vector<std::string>& engine,
                                const std::vector<std::string>& reference) {
  if (engine == reference) return {};
  return what + "\nthe engine:\n" + joined(engine) + "the reference:\n" + joined(reference);
}

std::string difference_as_it_happens(EngineRun& engine, ReferenceRun& reference, const Json& journey,
                                     const Json& event) {
  const std::string found =
      difference_of_lines(event.at("messageId"), engine.happen(event), reference.happen(event));
  if (engine.last_error() != StepError::none) return "the engine refuses an event";
  const std::int64_t now_ms = time_of(event);
  return found.empty() ? difference_of_facts(engine, reference, journey, now_ms) : found;
}

std::string difference_as_time_passes(EngineRun& engine, ReferenceRun& reference, const Json& journey,
                                      std::int64_t until_ms) {
  const std::string found =
      difference_of_lines("time passes", engine.pass_time(until_ms), reference.pass_time(until_ms));
  return found.empty() ? difference_of_facts(engine, reference, journey, until_ms) : found;
}

}  // namespace desirepath::tests
