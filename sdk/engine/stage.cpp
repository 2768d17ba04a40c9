#include "sdk/engine/stage.hpp"

#include "sdk/engine/bytes.hpp"

namespace desirepath {

using namespace format;

namespace {

constexpr std::uint32_t kStageKey = fnv1a("stage");
constexpr std::size_t kStageBytes = 4 + kTimeBytes;

}  // namespace

CurrentStage current_stage(const Program& program, const State& state) noexcept {
  const Payload record = state.find(kStageKey, Family::stage);
  if (record.size() != kStageBytes) return {};
  const std::uint32_t key = load<std::uint32_t>(record.data());
  for (std::uint32_t i = 0; i < program.stages().size(); ++i) {
    if (program.stages()[i].key == key) return {true, i, load_time(&record[4])};
  }
  return {};
}

void update_stage(const Scope& scope, State& state, const EventRecord& event, Outcome& outcome) noexcept {
  for (std::uint32_t i = event.stage_rules.begin; i < event.stage_rules.end; ++i) {
    const StageRuleRecord& rule = scope.program.stage_rules()[scope.program.list(i)];
    if (!holds_optional(scope, rule.when)) continue;
    const CurrentStage left = current_stage(scope.program, state);
    if (left.known && left.stage == rule.stage) return;
    const MutablePayload record = state.resize(kStageKey, Family::stage, kStageBytes);
    if (!record) return;
    store(record.data(), scope.program.stages()[rule.stage].key);
    store_time(&record[4], scope.time_ms);
    outcome.add(StageMove{left.known ? left.stage + 1 : 0, rule.stage + 1, scope.program.list(i),
                          scope.time_ms, scope.event->message_id});
    return;
  }
}

}  // namespace desirepath
