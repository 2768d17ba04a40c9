// Which stages people can come to at all, judged by what conditions say of the stage.
#pragma once

#include <set>
#include <string>

#include "sdk/compiler/journey.hpp"

namespace desirepath::compiler {

// Stages by id; kNoStage stands for being in none.
using StageSet = std::set<std::string>;
inline const std::string kNoStage;

// All stages of the journey, and none.
StageSet every_stage(const Journey& journey);

// The stages in which a condition can hold: all but those in which it certainly does not. Null holds in all.
StageSet stages_allowed(const JsonNode* condition, const StageSet& every);

// The stages a chain of `enter` rules leads to from none, or from where an older version's people are moved.
// Contains kNoStage.
StageSet reachable_stages(const Journey& journey);

}  // namespace desirepath::compiler
