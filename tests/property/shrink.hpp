// Makes a failing case small, so that a person can read why it fails.
#pragma once

#include <functional>

#include "tests/property/random_case.hpp"

namespace desirepath::tests {

// The case without whatever can go while `fails` still says so: events, then definitions, members and
// elements of the journeys. Journeys that no longer compile are not tried.
Case shrunk(Case failing, const std::function<bool(const Case&)>& fails);

}  // namespace desirepath::tests
