#include <algorithm>

#include "sdk/compiler/emitters.hpp"
#include "sdk/engine/bytes.hpp"
#include "sdk/engine/features.hpp"
#include "sdk/engine/identity.hpp"

namespace desirepath::compiler {

using namespace format;

namespace {

bool needs_stages(const Emission& emission) {
  if (!emission.for_device()) return true;
  const bool named =
      std::any_of(emission.builder.nodes.begin(), emission.builder.nodes.end(), [](const NodeRecord& node) {
        return node.subject == static_cast<std::uint8_t>(Subject::stage) ||
               node.subject == static_cast<std::uint8_t>(Subject::stage_age) ||
               node.subject == static_cast<std::uint8_t>(Subject::intent);
      });
  const bool waited_for =
      std::any_of(emission.triggers.begin(), emission.triggers.end(),
                  [](const TriggerSpec* trigger) { return is_of_stage(trigger->occasion); });
  return named || waited_for ||
         std::any_of(emission.journey.stages.begin(), emission.journey.stages.end(),
                     [](const StageSpec& stage) { return stage.is_public; });
}

void emit_rule(Emission& emission, std::uint32_t stage, StageRuleKind kind, const StageRuleSpec& spec) {
  StageRuleRecord record{};
  record.stage = stage;
  record.kind = static_cast<std::uint32_t>(kind);
  record.key = fnv1a(compact_json(emission.text, *spec.source), emission.builder.stages[stage].key);
  // `where` and `when` of a rule are one condition: both read the moment of the event.
  if (spec.filter.where != nullptr || spec.when != nullptr) {
    const auto at = static_cast<std::uint32_t>(emission.builder.nodes.size());
    NodeRecord both{};
    both.op = static_cast<std::uint8_t>(Op::all_of);
    emission.builder.nodes.push_back(both);
    emission.conditions.compile(spec.filter.where, FactsAllowed::of_event);
    emission.conditions.compile(spec.when, FactsAllowed::all);
    emission.builder.nodes[at].end = static_cast<std::uint32_t>(emission.builder.nodes.size());
    record.when = at + 1;
  }
  emission.dispatch.add_stage_rule(spec.filter.event.text, kind,
                                   static_cast<std::uint32_t>(emission.builder.stage_rules.size()));
  emission.builder.stage_rules.push_back(record);
}

}  // namespace

void emit_stages(Emission& emission) {
  if (!needs_stages(emission)) return;
  for (const StageSpec& stage : emission.journey.stages) {
    const auto index = static_cast<std::uint32_t>(emission.builder.stages.size());
    StageRecord record{};
    record.id = emission.shown_id("stage", stage.id.text, stage.is_public);
    record.key = emission.unique_key("stage", stage.id);
    record.stuck_after_ms = stage.stuck_after_ms;
    emission.builder.stages.push_back(record);
    for (const StageRuleSpec& rule : stage.enter) emit_rule(emission, index, StageRuleKind::enter, rule);
    for (const StageRuleSpec& rule : stage.exit) emit_rule(emission, index, StageRuleKind::exit, rule);
    if (!stage.exit.empty()) emission.needs(kFeatureOccasion);
  }
  for (const MigrationSpec& migration : emission.journey.migrations) {
    const SpecList<StageSpec>& stages = emission.journey.stages;
    const auto to = static_cast<std::uint32_t>(stages.find(migration.to.text) - &stages[0]);
    emission.builder.migrations.push_back({definition_key("stage", migration.from.text), to});
  }
}

}  // namespace desirepath::compiler
