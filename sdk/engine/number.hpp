// Text as a number, exactly and alike on every host.
#pragma once

#include <string_view>

#include "sdk/engine/value.hpp"

namespace desirepath {

struct ParsedNumber {
  bool ok = false;
  double value = 0;
};

// Reads a decimal number: optional sign, digits with an optional point, optional exponent, nothing else.
// Exact for at most 15 significant digits and a decimal exponent within ±22; anything beyond is not a number
// here, because two hosts could round it differently. Method: Clinger, "How to read floating point numbers
// accurately" (1990), the case where both factors are exact.
ParsedNumber parse_number(std::string_view text) noexcept;

// A number as it is, a text as the number it reads as; nothing else is one.
ParsedNumber as_number(const Value& value) noexcept;

}  // namespace desirepath
