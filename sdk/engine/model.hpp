// Linear models: a probability from facts of the profile and given weights.
#pragma once

#include "sdk/engine/condition.hpp"

namespace desirepath {

// 1 / (1 + e^-z), z the model's intercept and its weighted terms, added in order; alike on every host.
// Missing where z leaves the finite numbers. A term's fact counts as the number it reads as (a boolean as 1
// or 0), divided by the term's `per`, else as the term's `missing`; a condition as 1 where it holds, else 0.
// Reads never write.
Value read_propensity(const Scope& scope, std::uint32_t model) noexcept;

}  // namespace desirepath
