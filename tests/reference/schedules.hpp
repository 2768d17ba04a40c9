// Triggers that wait for a date a fact holds.
#pragma once

#include "tests/reference/history.hpp"

namespace desirepath::reference {

// Sets anew the waits whose date the moment's event can have changed.
void set_schedules(History& history, const Moment& moment);

}  // namespace desirepath::reference
