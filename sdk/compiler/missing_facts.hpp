// Comparisons that hold of people of whom nothing is known, because what is missing counts as 0.
#pragma once

#include "sdk/compiler/journey.hpp"
#include "sdk/compiler/stage_reach.hpp"

namespace desirepath::compiler {

// Warns of each such comparison of a trait, of a behavior with `min`, `max`, `first` or `last`, and of
// `stage_age`, unless the journey shows that it knows: what stands beside it demands the fact (`$exists`, a
// lower bound, `known.<field>`, a stage), or `$or` names its absence.
void lint_missing_facts(const Journey& journey, const StageReach& reach, Diagnostics& diagnostics);

}  // namespace desirepath::compiler
