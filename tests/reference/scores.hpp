// Scores, tiers and models: numbers from what happened, by the textbook's formulas.
#pragma once

#include <optional>
#include <string>

#include "tests/reference/history.hpp"

namespace desirepath::reference {

// The score at that moment; 0 before the first event.
double score(const Moment& moment, const std::string& id);

// The highest tier the score reaches; nothing below all.
std::optional<Json> tier(const Moment& moment, const std::string& id);

// The model's probability.
std::optional<Json> propensity(const Moment& moment, const std::string& id);

}  // namespace desirepath::reference
