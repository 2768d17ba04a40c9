#include "sdk/engine/number.hpp"

#include <cstddef>
#include <cstdint>

namespace desirepath {

namespace {

constexpr int kSignificantDigitsMax = 15;
constexpr int kExponentMax = 22;

// Exact up to kExponentMax, and so is every product on the way.
double power_of_ten(int exponent) noexcept {
  double power = 1;
  while (exponent-- > 0) power *= 10;
  return power;
}

bool is_digit(char c) noexcept {
  return c >= '0' && c <= '9';
}

}  // namespace

ParsedNumber parse_number(std::string_view text) noexcept {
  std::size_t at = 0;
  const auto peek = [&] { return at < text.size() ? text[at] : '\0'; };

  const bool negative = peek() == '-';
  if (negative || peek() == '+') ++at;

  std::int64_t mantissa = 0;
  int digits = 0;
  int exponent = 0;
  bool any = false;
  bool fraction = false;
  for (; at < text.size(); ++at) {
    if (text[at] == '.' && !fraction) {
      fraction = true;
      continue;
    }
    if (!is_digit(text[at])) break;
    any = true;
    if (fraction) --exponent;
    if (mantissa == 0 && text[at] == '0') continue;
    if (++digits > kSignificantDigitsMax) {
      if (text[at] != '0') return {};
      ++exponent;
      continue;
    }
    mantissa = mantissa * 10 + (text[at] - '0');
  }
  if (!any) return {};

  if (peek() == 'e' || peek() == 'E') {
    ++at;
    const bool down = peek() == '-';
    if (down || peek() == '+') ++at;
    if (!is_digit(peek())) return {};
    int written = 0;
    for (; is_digit(peek()); ++at) {
      if (written < 10000) written = written * 10 + (text[at] - '0');
    }
    exponent += down ? -written : written;
  }
  if (at != text.size()) return {};

  // Zeros at the end of the mantissa may be traded for exponent.
  while (exponent < 0 && mantissa != 0 && mantissa % 10 == 0) {
    mantissa /= 10;
    ++exponent;
  }
  double value = static_cast<double>(mantissa);
  if (mantissa != 0) {
    if (exponent < -kExponentMax || exponent > kExponentMax) return {};
    value = exponent < 0 ? value / power_of_ten(-exponent) : value * power_of_ten(exponent);
  }
  return {true, negative ? -value : value};
}

ParsedNumber as_number(const Value& value) noexcept {
  if (value.is_number()) return {true, value.number()};
  if (value.is_string()) return parse_number(value.text());
  return {};
}

ParsedNumber comparable_number(const Value& value) noexcept {
  if (value.is_null()) return {true, 0};
  if (value.is_boolean()) return {true, value.boolean() ? 1.0 : 0.0};
  return as_number(value);
}

NumberText print_number(double number) noexcept {
  const double magnitude = number < 0 ? -number : number;
  for (int decimals = 0; decimals < kSignificantDigitsMax; ++decimals) {
    const double power = power_of_ten(decimals);
    if (magnitude * power >= power_of_ten(kSignificantDigitsMax)) break;
    auto digits = static_cast<std::uint64_t>(magnitude * power + 0.5);
    if (static_cast<double>(digits) / power != magnitude) continue;
    NumberText text;
    char reversed[sizeof text.bytes];
    std::size_t size = 0;
    for (int written = 0; digits != 0 || written <= decimals; ++written, digits /= 10) {
      if (written == decimals && decimals > 0) reversed[size++] = '.';
      reversed[size++] = static_cast<char>('0' + digits % 10);
    }
    if (number < 0) reversed[size++] = '-';
    while (size > 0) text.bytes[text.size++] = reversed[--size];
    return text;
  }
  return {};
}

}  // namespace desirepath
