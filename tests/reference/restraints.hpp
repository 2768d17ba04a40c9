// What holds an action back whatever else was shown or sent: the person's consent, suppressions, quiet hours.
#pragma once

#include "tests/reference/history.hpp"

namespace desirepath::reference {

bool is_consented(const Moment& moment, const Json& action);
bool is_suppressed(const Moment& moment, const Json& trigger, const Json& action);
bool is_quiet(const Moment& moment, const Json& action);

}  // namespace desirepath::reference
