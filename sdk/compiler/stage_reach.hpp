// Which stages people can come to at all, judged by what conditions say of the stage.
#pragma once

#include "sdk/compiler/journey.hpp"
#include "sdk/compiler/stage_set.hpp"

namespace desirepath::compiler {

// Of one journey, which must outlive it.
class StageReach {
 public:
  explicit StageReach(const Journey& journey) : journey_(journey) {}

  StageSet no_stages() const { return StageSet(journey_.stages.size()); }
  // All stages of the journey, and being in none.
  StageSet every() const { return ~no_stages(); }
  // Being in none alone.
  StageSet none() const;
  // Of one of the journey's stages, or of its id; kNoStage for an id it does not have.
  std::size_t number_of(const StageSpec& stage) const;
  std::size_t number_of(std::string_view id) const;

  // The stages in which a condition can hold: all but those in which it certainly does not. Null holds in
  // all.
  StageSet allowed(const JsonNode* condition) const;
  // The stages from which one of the stage's `enter` rules can lead to it.
  StageSet entered_from(const StageSpec& stage) const;
  // The stages a chain of `enter` rules leads to from none, or from where an older version's people are
  // moved. Contains kNoStage.
  StageSet reachable() const;

 private:
  const Journey& journey_;
};

}  // namespace desirepath::compiler
