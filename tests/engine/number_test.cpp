#include "sdk/engine/number.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <string>

using desirepath::parse_number;

TEST_CASE("text that is exactly a double reads as that double") {
  const std::pair<const char*, double> cases[] = {{"0", 0},
                                                  {"-0", -0.0},
                                                  {"1", 1},
                                                  {"007", 7},
                                                  {"0.1", 0.1},
                                                  {".5", 0.5},
                                                  {"5.", 5},
                                                  {"1e3", 1000},
                                                  {"1E-3", 0.001},
                                                  {"123456789012345", 123456789012345.0},
                                                  {"1e22", 1e22},
                                                  {"1.50e0", 1.5},
                                                  {"+3", 3},
                                                  {"-2.25", -2.25},
                                                  {"0.000001", 1e-6},
                                                  {"1e-22", 1e-22},
                                                  {"100000000000000000000", 1e20}};
  for (const auto& each : cases) {
    const std::string text = each.first;
    const double value = each.second;
    CAPTURE(text);
    const auto parsed = parse_number(text);
    REQUIRE(parsed.ok);
    CHECK(parsed.value == value);
    CHECK(std::signbit(parsed.value) == std::signbit(value));
  }
}

TEST_CASE("everything two hosts could disagree about is no number") {
  for (const char* text : {"",
                           " 1",
                           "1 ",
                           "abc",
                           "1x",
                           "--1",
                           "+",
                           "-",
                           ".",
                           "e3",
                           "1e",
                           "1e+",
                           "0x10",
                           "Infinity",
                           "NaN",
                           "1234567890123456",
                           "1e23",
                           "1e-23",
                           "1e99999999999",
                           "1.2.3",
                           "1,5"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_number(text).ok);
  }
}

TEST_CASE("every decimal of up to six digits reads as strtod reads it") {
  for (int mantissa = 0; mantissa < 1000000; mantissa += 37) {
    for (const int exponent : {-22, -7, -1, 0, 3, 16}) {
      const std::string text = std::to_string(mantissa) + "e" + std::to_string(exponent);
      const auto parsed = parse_number(text);
      REQUIRE(parsed.ok);
      REQUIRE(parsed.value == std::strtod(text.c_str(), nullptr));
    }
  }
}
