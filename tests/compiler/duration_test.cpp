#include "sdk/compiler/duration.hpp"

#include <doctest/doctest.h>

using desirepath::compiler::parse_duration;

TEST_CASE("durations are a whole number and a unit") {
  CHECK(parse_duration("1ms") == 1);
  CHECK(parse_duration("90s") == 90000);
  CHECK(parse_duration("30m") == 1800000);
  CHECK(parse_duration("4h") == 14400000);
  CHECK(parse_duration("7d") == 604800000);
  CHECK(parse_duration("2w") == 1209600000);
  CHECK(parse_duration("10y") == 10LL * 365 * 86400000);
  for (const char* text :
       {"", "m", "0s", "-1s", "1.5h", "1 h", "1H", "1month", "1001y", "99999999999999999999d"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_duration(text).has_value());
  }
}
