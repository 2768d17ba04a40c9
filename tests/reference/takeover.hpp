// A new version of the journey takes over a person who is under way.
#pragma once

#include "tests/reference/history.hpp"

namespace desirepath::reference {

// Puts the journey in the place of the one before, at `at`, up to which time has passed. What is known of the
// person needs no care: it is read off all events, as the new journey asks. Where the person is, what waits
// and who is a member of what is brought over.
void take_over(History& history, Json journey, Time at);

}  // namespace desirepath::reference
