#include "tests/reference/scores.hpp"

#include <cmath>

#include "tests/reference/calendar.hpp"
#include "tests/reference/conditions.hpp"
#include "tests/reference/facts.hpp"
#include "tests/reference/operators.hpp"

namespace desirepath::reference {

namespace {

double points_of(const Moment& then, const Json& entry) {
  const Json& points = entry.at("points");
  if (points.is_number()) return points.get<double>();
  return number_of(fact(then, points.get<std::string>())).value_or(0);
}

double term_of(const Moment& moment, const Json& term) {
  if (term.contains("when")) return holds(moment, term.at("when")) ? 1 : 0;
  const std::optional<Json> value = fact(moment, text_of(term, "fact"));
  std::optional<double> number = number_of(value);
  if (value && value->is_boolean()) number = value->get<bool>() ? 1 : 0;
  if (!number) return term.value("missing", 0.0);
  return term.contains("per") ? *number / static_cast<double>(duration_of(term, "per")) : *number;
}

}  // namespace

double score(const Moment& moment, const std::string& id) {
  const Json& spec = *definition(moment.history.journey, "scores", id);
  const auto half_life = static_cast<double>(duration_of(spec, "half_life"));
  double sum = 0;
  for (const Happening& event : moment.history.events) {
    const Moment then{moment.history, &event, event.time};
    const auto age = static_cast<double>(moment.time - event.time);
    for (const Json& entry : spec.at("add")) {
      if (!matches(then, entry)) continue;
      sum += points_of(then, entry) * (half_life == 0 ? 1 : std::exp2(-age / half_life));
    }
  }
  return sum;
}

std::optional<Json> tier(const Moment& moment, const std::string& id) {
  const Json& spec = *definition(moment.history.journey, "scores", id);
  const double now = score(moment, id);
  std::optional<std::string> highest;
  for (const auto& [name, threshold] : spec.at("tiers").items()) {
    if (now < threshold.get<double>()) continue;
    if (!highest || threshold > spec.at("tiers").at(*highest)) highest = name;
  }
  return highest ? std::optional<Json>(*highest) : std::nullopt;
}

std::optional<Json> propensity(const Moment& moment, const std::string& id) {
  const Json& spec = *definition(moment.history.journey, "models", id);
  double z = spec.value("intercept", 0.0);
  for (const Json& term : spec.at("terms")) z += term.at("weight").get<double>() * term_of(moment, term);
  if (!std::isfinite(z)) return std::nullopt;
  return 1 / (1 + std::exp(-z));
}

}  // namespace desirepath::reference
