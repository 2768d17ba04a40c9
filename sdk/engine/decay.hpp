// What halves every half-life, exactly alike on every host.
#pragma once

#include <cstdint>

namespace desirepath {

// value · 2^-(elapsed / half_life), relative error below 1e-15 where the result is a normal number. Elapsed
// below 0 counts as 0; half_life 0 is no decay.
//
// Method: whole half-lives are counted in integers and applied as a power of two, which is exact; the rest is
// a fraction within ±1/2, whose power is exponential_near_zero(fraction · ln 2). So a whole number of
// half-lives is exact, and as a millisecond of the longest half-life lowers the value by more than 2e-15 of
// itself, the result never rises with time.
double decayed(double value, std::int64_t elapsed_ms, std::int64_t half_life_ms) noexcept;

}  // namespace desirepath
