// What a condition may name, found in the history.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tests/reference/history.hpp"

namespace desirepath::reference {

// The fact of that name at that moment; nothing where it is missing.
std::optional<Json> fact(const Moment& moment, const std::string& name);

// Whether a fact is a span of time, compared with durations.
bool is_duration(const std::string& name);

// The value under a dotted path: through objects by key, through arrays by index.
std::optional<Json> walk(const Json& value, const std::string& path);

}  // namespace desirepath::reference
