#include <algorithm>

#include "sdk/compiler/emitters.hpp"
#include "sdk/engine/identity.hpp"

namespace desirepath::compiler {

using namespace format;

namespace {

bool needs_stages(const Emission& emission) {
  if (!emission.for_device()) return true;
  const bool named =
      std::any_of(emission.builder.nodes.begin(), emission.builder.nodes.end(), [](const NodeRecord& node) {
        return node.subject == static_cast<std::uint8_t>(Subject::stage) ||
               node.subject == static_cast<std::uint8_t>(Subject::stage_age);
      });
  return named || std::any_of(emission.journey.stages.begin(), emission.journey.stages.end(),
                              [](const StageSpec& stage) { return stage.is_public; });
}

}  // namespace

void emit_stages(Emission& emission) {
  if (!needs_stages(emission)) return;
  for (const StageSpec& stage : emission.journey.stages) {
    const auto index = static_cast<std::uint32_t>(emission.builder.stages.size());
    emission.builder.stages.push_back(
        {emission.shown_id("stage", stage.id.text, stage.is_public), emission.unique_key("stage", stage.id)});
    for (const StageRuleSpec& rule : stage.enter) {
      // `where` and `when` of a stage are one condition: both read the moment of the event.
      const auto at = static_cast<std::uint32_t>(emission.builder.nodes.size());
      std::uint32_t when = 0;
      if (rule.filter.where != nullptr || rule.when != nullptr) {
        NodeRecord both{};
        both.op = static_cast<std::uint8_t>(Op::all_of);
        emission.builder.nodes.push_back(both);
        emission.conditions.compile(rule.filter.where, FactsAllowed::of_event);
        emission.conditions.compile(rule.when, FactsAllowed::all);
        emission.builder.nodes[at].end = static_cast<std::uint32_t>(emission.builder.nodes.size());
        when = at + 1;
      }
      emission.dispatch.add_stage_rule(rule.filter.event.text,
                                       static_cast<std::uint32_t>(emission.builder.stage_rules.size()));
      emission.builder.stage_rules.push_back({index, when});
    }
  }
  for (const MigrationSpec& migration : emission.journey.migrations) {
    const auto& stages = emission.journey.stages;
    const auto to = std::find_if(stages.begin(), stages.end(),
                                 [&](const StageSpec& stage) { return stage.id.text == migration.to.text; });
    emission.builder.migrations.push_back(
        {definition_key("stage", migration.from.text), static_cast<std::uint32_t>(to - stages.begin())});
  }
}

}  // namespace desirepath::compiler
