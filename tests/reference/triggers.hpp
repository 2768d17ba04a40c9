// Occasions: when a trigger may speak, and when its waits begin and end.
#pragma once

#include <string>
#include <vector>

#include "tests/reference/arbitration.hpp"
#include "tests/reference/history.hpp"

namespace desirepath::reference {

// The triggers that are enabled, as declared.
std::vector<const Json*> enabled_triggers(const Json& journey);

// Ends the waits the moment's event ends, then begins those whose occasion it is.
void update_waits(History& history, const Moment& moment);

// The immediate triggers whose occasion the moment's event is.
std::vector<Candidate> candidates_of(const Moment& moment);

// Ends the waits due at the moment, and returns those that may speak.
std::vector<Candidate> end_due_waits(History& history, const Moment& moment);

}  // namespace desirepath::reference
