// Content affinity: which texts a person comes back to.
#pragma once

#include "tests/reference/history.hpp"

namespace desirepath::reference {

// The texts the behavior's `affinity` keeps, dearest first; nothing before the first.
std::optional<Json> dearest_texts(const Moment& moment, const Json& behavior);

}  // namespace desirepath::reference
