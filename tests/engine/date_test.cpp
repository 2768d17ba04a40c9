#include "sdk/engine/date.hpp"

#include <doctest/doctest.h>

#include <string>

#include "sdk/engine/limits.hpp"

using namespace desirepath;

TEST_CASE("a day is its midnight in UTC") {
  CHECK(parse_date("1970-01-01").ms == 0);
  CHECK(parse_date("1970-01-01").is_day);
  CHECK(parse_date("2026-01-01").ms == 1767225600000);
  CHECK(parse_date("2024-02-29").ms == 1709164800000);
  CHECK(parse_date("2000-02-29").ok);
  CHECK(parse_date("1969-12-31").ms == -86400000);
  CHECK(parse_date("0000-01-01").ms == -62167219200000);
  CHECK(parse_date("9999-12-31").ms == 253402214400000);
}

TEST_CASE("a timestamp says its offset") {
  const std::int64_t noon = 1767225600000 + 12 * 3600000;
  CHECK(parse_date("2026-01-01T12:00:00Z").ms == noon);
  CHECK_FALSE(parse_date("2026-01-01T12:00:00Z").is_day);
  CHECK(parse_date("2026-01-01T12:00Z").ms == noon);
  CHECK(parse_date("2026-01-01T12:00:01.5Z").ms == noon + 1500);
  CHECK(parse_date("2026-01-01T12:00:01.050Z").ms == noon + 1050);
  CHECK(parse_date("2026-01-01T12:00:01.123456789Z").ms == noon + 1123);
  CHECK(parse_date("2026-01-01T14:30:00+02:30").ms == noon);
  CHECK(parse_date("2026-01-01T03:00:00-09:00").ms == noon);
  CHECK(parse_date("2025-12-31T23:59:59.999+00:00").ms == 1767225599999);
}

TEST_CASE("what is no date is none") {
  for (const char* text : {"",
                           "2026",
                           "2026-1-1",
                           "2026-13-01",
                           "2026-00-10",
                           "2026-02-29",
                           "2026-04-31",
                           "2026-01-00",
                           "26-01-01",
                           "2026/01/01",
                           " 2026-01-01",
                           "2026-01-01 ",
                           "2026-01-01T",
                           "2026-01-01T12",
                           "2026-01-01T12:00",
                           "2026-01-01T24:00Z",
                           "2026-01-01T12:60Z",
                           "2026-01-01T12:00:60Z",
                           "2026-01-01T12:00:00.Z",
                           "2026-01-01T12:00:00.1234567890Z",
                           "2026-01-01 12:00Z",
                           "2026-01-01T12:00:00z",
                           "2026-01-01T12:00:00+0200",
                           "2026-01-01T12:00:00+24:00",
                           "2026-01-01T12:00:00+02:60",
                           "2026-01-01T12:00:00+02:00x",
                           "20260-01-01",
                           "-2026-01-01",
                           "2026-01-0a"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_date(text).ok);
  }
}

TEST_CASE("a number is milliseconds, cut to a whole one") {
  CHECK(date_of(Value::of(1767225600000.75)).ms == 1767225600000);
  CHECK_FALSE(date_of(Value::of(1767225600000.0)).is_day);
  CHECK(date_of(Value::of(-5.0)).ms == -5);
  CHECK(date_of(Value::of(static_cast<double>(kTimeMaxMs))).ok);
  CHECK_FALSE(date_of(Value::of(static_cast<double>(kTimeMaxMs) + 1)).ok);
  CHECK_FALSE(date_of(Value::of(1e300)).ok);
  CHECK_FALSE(date_of(Value::of(true)).ok);
  CHECK_FALSE(date_of(Value{}).ok);
}
