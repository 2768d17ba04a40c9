// Text as a number, exactly and alike on every host.
#pragma once

#include <cstdint>
#include <string_view>

#include "sdk/engine/value.hpp"

namespace desirepath {

inline bool is_finite(double number) noexcept {
  return number - number == 0;
}

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

// The same for comparisons, where null, what is missing and false count as 0, and true as 1.
ParsedNumber comparable_number(const Value& value) noexcept;

// A number as plain digits, the fewest that read back as it.
struct NumberText {
  char bytes[20] = {};
  std::uint8_t size = 0;
  std::string_view view() const noexcept { return {bytes, size}; }
};

// Empty where 15 digits do not suffice, before and after the point together.
NumberText print_number(double number) noexcept;

}  // namespace desirepath
