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

}  // namespace desirepath::reference
