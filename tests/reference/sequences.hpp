// Sequences: how often events came in an order.
#pragma once

#include "tests/reference/history.hpp"

namespace desirepath::reference {

// How often the behavior's `sequence` was completed so far.
std::size_t completed_sequences(const Moment& moment, const Json& behavior);

}  // namespace desirepath::reference
