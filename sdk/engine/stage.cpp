#include "sdk/engine/stage.hpp"

#include "sdk/engine/bytes.hpp"
#include "sdk/engine/features.hpp"
#include "sdk/engine/limits.hpp"

namespace desirepath {

using namespace format;

namespace {

constexpr std::uint32_t kStageKey = fnv1a("stage");

// When the person is stuck, kNoTime for never or already · key of the stage · since · key of the rule ·
// messageId
constexpr std::size_t kKeyAt = kTimeBytes;
constexpr std::size_t kSinceAt = kKeyAt + 4;
constexpr std::size_t kRuleAt = kSinceAt + kTimeBytes;
constexpr std::size_t kAnchorAt = kRuleAt + 4;

// No stage is waited for that nobody asks about: the time would wake a host for nothing.
std::int64_t stuck_ms(const StageRecord& stage, std::int64_t since_ms) noexcept {
  if (!builds(kFeatureOccasion) || stage.stuck.begin == stage.stuck.end) return kNoTime;
  const std::int64_t due_ms = since_ms + stage.stuck_after_ms;
  return due_ms <= kTimeMaxMs ? due_ms : kNoTime;
}

void write_stage(State& state, const StageRecord& stage, std::int64_t due_ms, std::int64_t since_ms,
                 std::uint32_t rule_key, std::string_view anchor) noexcept {
  const MutablePayload record = state.resize(kStageKey, Family::stage, kAnchorAt + anchor.size());
  if (!record) return;
  store_time(record.data(), due_ms);
  store(&record[kKeyAt], stage.key);
  store_time(&record[kSinceAt], since_ms);
  store(&record[kRuleAt], rule_key);
  std::memcpy(&record[kAnchorAt], anchor.data(), anchor.size());
}

// The stage that stands for an earlier version's, or -1.
std::int64_t heir_of(const Program& program, std::uint32_t key) noexcept {
  for (std::uint32_t i = 0; i < program.stages().size(); ++i) {
    if (program.stages()[i].key == key) return i;
  }
  for (std::uint32_t i = 0; i < program.migrations().size(); ++i) {
    if (program.migrations()[i].from_key == key) return program.migrations()[i].to;
  }
  return -1;
}

}  // namespace

CurrentStage current_stage(const Program& program, const State& state) noexcept {
  const Payload record = state.find(kStageKey, Family::stage);
  if (record.size() < kAnchorAt) return {};
  const std::uint32_t key = load<std::uint32_t>(&record[kKeyAt]);
  for (std::uint32_t i = 0; i < program.stages().size(); ++i) {
    if (program.stages()[i].key != key) continue;
    return {true, i, load_time(&record[kSinceAt]), load<std::uint32_t>(&record[kRuleAt]),
            text_at(record.data() + kAnchorAt, record.size() - kAnchorAt)};
  }
  return {};
}

StageMove update_stage(const Scope& scope, State& state, const EventRecord& event) noexcept {
  if (event.stage_rules.begin == event.stage_rules.end) return {};
  const CurrentStage left = current_stage(scope.program, state);
  bool stays = false;
  for (std::uint32_t i = event.stage_rules.begin; i < event.stage_rules.end; ++i) {
    const std::uint32_t index = scope.program.list(i);
    const StageRuleRecord& rule = scope.program.stage_rules()[index];
    const bool is_here = left.known && left.stage == rule.stage;
    const bool is_exit =
        builds(kFeatureOccasion) && rule.kind == static_cast<std::uint32_t>(StageRuleKind::exit);
    if ((is_exit && !is_here) || !holds_optional(scope, rule.when)) continue;
    if (is_here && !is_exit) {
      stays = true;
      continue;
    }
    if (stays && !is_exit) return {};
    if (is_exit) {
      state.erase(kStageKey, Family::stage);
    } else {
      const StageRecord& stage = scope.program.stages()[rule.stage];
      write_stage(state, stage, stuck_ms(stage, scope.time_ms), scope.time_ms, rule.key,
                  scope.event->message_id);
    }
    return {left.known ? left.stage + 1 : 0, is_exit ? 0 : rule.stage + 1, index, scope.time_ms,
            scope.event->message_id};
  }
  return {};
}

std::uint32_t stage_stuck_at(const Program& program, const State& state, std::int64_t due_ms) noexcept {
  const CurrentStage current = current_stage(program, state);
  if (!current.known) return 0;
  return load_time(state.find(kStageKey, Family::stage).data()) == due_ms ? current.stage + 1 : 0;
}

void inherit_stage(const Program& program, State& state, const State& before, std::int64_t time_ms) noexcept {
  const Payload record = before.find(kStageKey, Family::stage);
  if (record.size() < kAnchorAt) return;
  const std::int64_t heir = heir_of(program, load<std::uint32_t>(&record[kKeyAt]));
  if (heir < 0) return;
  const StageRecord& stage = program.stages()[static_cast<std::uint32_t>(heir)];
  const std::int64_t since_ms = load_time(&record[kSinceAt]);
  const std::int64_t stuck = stuck_ms(stage, since_ms);
  write_stage(state, stage, stuck > time_ms ? stuck : kNoTime, since_ms,
              load<std::uint32_t>(&record[kRuleAt]),
              text_at(record.data() + kAnchorAt, record.size() - kAnchorAt));
}

}  // namespace desirepath
