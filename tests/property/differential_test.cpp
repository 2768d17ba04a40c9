// The engine against the reference engine: the same journeys and events give the same decisions, moves and
// facts.

#include <doctest/doctest.h>

#include <cmath>

#include "tests/property/engine_run.hpp"
#include "tests/property/property_run.hpp"
#include "tests/property/reference_run.hpp"
#include "tests/reference/asks.hpp"
#include "tests/reference/behaviors.hpp"
#include "tests/reference/calendar.hpp"
#include "tests/reference/experiments.hpp"
#include "tests/reference/facts.hpp"

using namespace desirepath;
using namespace desirepath::tests;

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

std::string difference_of_lines(const char* what, const std::vector<std::string>& engine,
                                const std::vector<std::string>& reference) {
  if (engine == reference) return {};
  return std::string(what) + "\nthe engine:\n" + joined(engine) + "the reference:\n" + joined(reference);
}

// The first difference of the two engines over a case.
std::string difference(const Case& tried, Effects effects, Random random) {
  EngineRun engine(tried.journey, effects);
  ReferenceRun reference(tried.journey, effects == Effects::at_once);
  for (std::size_t i = 0; i < tried.events.size(); ++i) {
    const Json& event = tried.events[i];
    std::string found = difference_of_lines(event.at("messageId").get<std::string>().c_str(),
                                            engine.happen(event), reference.happen(event));
    if (engine.last_error() != StepError::none) return "the engine refuses an event";
    if (!found.empty()) return found;
    const std::int64_t now = reference::parse_timestamp(event.at("timestamp"));
    found = difference_of_facts(engine, reference, tried.journey, now);
    if (!found.empty()) return found;
    if (!random.chance(30)) continue;
    const std::int64_t next = i + 1 < tried.events.size()
                                  ? reference::parse_timestamp(tried.events[i + 1].at("timestamp"))
                                  : now + 3 * 24 * 60 * 60 * 1000;
    const std::int64_t between =
        next == now ? now
                    : now + static_cast<std::int64_t>(random.next() % static_cast<std::uint64_t>(next - now));
    found = difference_of_lines("time passes", engine.pass_time(between), reference.pass_time(between));
    if (found.empty()) found = difference_of_facts(engine, reference, tried.journey, between);
    if (!found.empty()) return found;
  }
  return {};
}

}  // namespace

TEST_CASE("the engine decides as the reference does where fired decisions count at once") {
  for_random_cases(
      100, [](const Case& tried, Random random) { return difference(tried, Effects::at_once, random); });
}

TEST_CASE("the engine decides as the reference does where recorded effects count") {
  for_random_cases(
      100, [](const Case& tried, Random random) { return difference(tried, Effects::recorded, random); });
}
