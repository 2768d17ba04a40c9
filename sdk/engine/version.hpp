// Versions in order, as the field's condition suites have it (close to Semantic Versioning, more forgiving).
#pragma once

#include "sdk/engine/value.hpp"

namespace desirepath {

// -1, 0 or 1. A leading `v` and what follows a `+` do not count. What remains is split at every `.` and `-`;
// parts compare in turn, two numbers of up to 16 digits as numbers, otherwise bytewise with a number before
// any other text. Of two that agree as far as the shorter goes the shorter comes first, but a version of
// exactly three parts comes after those that go on: 1.2.3-rc < 1.2.3. A number is the version it prints as;
// whatever is neither number nor text, and empty text, is version 0.
int compare_versions(const Value& a, const Value& b) noexcept;

}  // namespace desirepath
