// The person's wall clock.
#pragma once

#include "tests/reference/calendar.hpp"

namespace desirepath::reference {

struct LocalTime {
  Date date;
  int weekday;  // 1 (Monday) to 7
  int hour;
  int minute;
};

// What the person's clock shows at that moment.
LocalTime local_time(const Moment& moment);

// Minutes east of UTC at which the clock of the moment's person stands at `time`.
int offset_minutes(const Moment& moment, Time time);

// When that clock shows `face` (as milliseconds, as if it were UTC): the first such time; of one that a
// change skips, later by what it skips.
Time moment_of(const Moment& moment, Time face);

}  // namespace desirepath::reference
