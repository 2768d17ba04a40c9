#include <algorithm>

#include "sdk/compiler/derived_facts.hpp"
#include "sdk/compiler/emitters.hpp"
#include "sdk/engine/features.hpp"

namespace desirepath::compiler {

using namespace format;

namespace {

// The events that speak for a stage, each once.
std::vector<std::string> evidence_of(const StageSpec& stage) {
  std::vector<std::string> events;
  const auto add = [&](const std::string& event) {
    if (std::find(events.begin(), events.end(), event) == events.end()) events.push_back(event);
  };
  for (const Name& touchpoint : stage.touchpoints) add(touchpoint.text);
  for (const StageRuleSpec& rule : stage.enter) add(rule.filter.event.text);
  return events;
}

}  // namespace

void emit_intent(Emission& emission) {
  const SpecList<StageSpec>& stages = emission.journey.stages;
  const bool declares =
      std::any_of(stages.begin(), stages.end(), [](const StageSpec& stage) { return !stage.intent.empty(); });
  if (!emission.for_device() && declares) use_intent(emission.builder);
  if ((emission.builder.header.features & kFeatureIntent) == 0) return;
  for (std::uint32_t i = 0; i < emission.builder.stages.size(); ++i) {
    const StageSpec& stage = stages[i];
    if (!stage.intent.empty()) {
      emission.builder.stages[i].intent = emission.shown_id("intent", stage.intent.text, false) + 1;
    }
    for (const std::string& event : evidence_of(stage)) emission.dispatch.add_evidence(event, i);
  }
}

}  // namespace desirepath::compiler
