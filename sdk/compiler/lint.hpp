// What only the whole journey shows: warnings of what is right by the letter and can hardly be meant, and
// errors of what contradicts itself. sdk/schema/JOURNEY.md lists them ("What the compiler warns of").
#pragma once

#include "sdk/compiler/journey.hpp"

namespace desirepath::compiler {

void lint_journey(const Journey& journey, Diagnostics& diagnostics);

}  // namespace desirepath::compiler
