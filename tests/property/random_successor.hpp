// A second version of a journey: the first with a few changes, or another altogether that shares its ids.
#pragma once

#include "tests/property/random_case.hpp"

namespace desirepath::tests {

// A journey the compiler accepts.
Json random_successor(Random& random, const Json& journey);

// A time when a version may take over: before, at, between or after the events, or a window's width and a
// millisecond more or less after one.
std::int64_t random_edge(Random& random, const std::vector<Json>& events);

}  // namespace desirepath::tests
