// The exponential function from the basic operations of IEEE 754 alone: addition, multiplication and division
// of doubles, which every host rounds alike (native, WebAssembly, wasm2js). No libm, no fused operations:
// same bytes everywhere.
#pragma once

#include <cstdint>

namespace desirepath {

// e^x for |x| ≤ ln 2 / 2, relative error below 4e-16; exactly 1 at 0. Method: Taylor's series up to x^13 by
// Horner's rule; what it leaves out is below 5e-18.
double exponential_near_zero(double x) noexcept;

// e^x, relative error below 1e-15 where the result is a normal number. x beyond ±708 counts as ±708, so the
// result is always finite and above zero. Method: Cody and Waite, x = k ln 2 + r with ln 2 in two parts.
double exponential(double x) noexcept;

// value · 2^-halvings, exact unless the result is too small for a normal number.
double halved(double value, std::int64_t halvings) noexcept;

}  // namespace desirepath
