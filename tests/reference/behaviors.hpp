// Behaviors: aggregates over all events so far, computed anew at each reading.
#pragma once

#include <optional>
#include <string>

#include "tests/reference/history.hpp"

namespace desirepath::reference {

// The value of the behavior at that moment; nothing where it has none.
std::optional<Json> behavior(const Moment& moment, const std::string& id);

// How many events the behavior ever counted: what its window could have dropped.
std::size_t entries_ever(const Moment& moment, const std::string& id);

}  // namespace desirepath::reference
