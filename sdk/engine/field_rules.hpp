// What each field of a program's records must satisfy, as one table: whoever adds a field adds its rule.
#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>

#include "sdk/engine/program_format.hpp"

namespace desirepath::format {

// What a field of a record must satisfy; `target` is a section or, for `below`, a number.
enum class Check : std::uint8_t {
  index,     // of a record of the target
  optional,  // the same + 1, or 0
  range,     // of records of the target
  list,      // range of the lists section whose entries are indexes of the target
  below,
  time,    // i64 milliseconds, 0 to kTimeMaxMs
  finite,  // f64
  cap,
};

struct FieldRule {
  std::uint8_t section;
  std::uint8_t offset;
  Check check;
  std::uint8_t target;
};

constexpr std::uint8_t of(Section section) {
  return static_cast<std::uint8_t>(section);
}

inline constexpr FieldRule kFieldRules[] = {
    {of(Section::paths), offsetof(PathRecord, keys), Check::list, of(Section::strings)},
    {of(Section::facts), offsetof(FactRecord, root), Check::below,
     static_cast<std::uint8_t>(Root::event) + 1},
    {of(Section::facts), offsetof(FactRecord, key), Check::index, of(Section::strings)},
    {of(Section::facts), offsetof(FactRecord, path), Check::index, of(Section::strings)},
    {of(Section::behaviors), offsetof(BehaviorRecord, id), Check::index, of(Section::strings)},
    {of(Section::behaviors), offsetof(BehaviorRecord, kind), Check::below,
     static_cast<std::uint8_t>(BehaviorKind::count_)},
    {of(Section::behaviors), offsetof(BehaviorRecord, where), Check::optional, of(Section::nodes)},
    {of(Section::behaviors), offsetof(BehaviorRecord, fact), Check::optional, of(Section::facts)},
    {of(Section::behaviors), offsetof(BehaviorRecord, path), Check::optional, of(Section::paths)},
    {of(Section::behaviors), offsetof(BehaviorRecord, within_ms), Check::time, 0},
    {of(Section::behaviors), offsetof(BehaviorRecord, half_life_ms), Check::time, 0},
    {of(Section::behaviors), offsetof(BehaviorRecord, steps), Check::range, of(Section::sequence_steps)},
    {of(Section::behaviors), offsetof(BehaviorRecord, breakers), Check::range, of(Section::sequence_steps)},
    {of(Section::audiences), offsetof(AudienceRecord, id), Check::index, of(Section::strings)},
    {of(Section::audiences), offsetof(AudienceRecord, when), Check::index, of(Section::nodes)},
    {of(Section::stages), offsetof(StageRecord, id), Check::index, of(Section::strings)},
    {of(Section::stages), offsetof(StageRecord, intent), Check::optional, of(Section::strings)},
    {of(Section::stages), offsetof(StageRecord, entered.arms), Check::list, of(Section::triggers)},
    {of(Section::stages), offsetof(StageRecord, entered.triggers), Check::list, of(Section::triggers)},
    {of(Section::stages), offsetof(StageRecord, left.arms), Check::list, of(Section::triggers)},
    {of(Section::stages), offsetof(StageRecord, left.triggers), Check::list, of(Section::triggers)},
    {of(Section::stages), offsetof(StageRecord, stuck), Check::list, of(Section::triggers)},
    {of(Section::stages), offsetof(StageRecord, stuck_after_ms), Check::time, 0},
    {of(Section::stage_rules), offsetof(StageRuleRecord, stage), Check::index, of(Section::stages)},
    {of(Section::stage_rules), offsetof(StageRuleRecord, when), Check::optional, of(Section::nodes)},
    {of(Section::stage_rules), offsetof(StageRuleRecord, kind), Check::below,
     static_cast<std::uint8_t>(StageRuleKind::count_)},
    {of(Section::traits), offsetof(TraitRecord, name), Check::index, of(Section::strings)},
    {of(Section::traits), offsetof(TraitRecord, fact), Check::index, of(Section::facts)},
    {of(Section::consents), offsetof(ConsentRecord, category), Check::index, of(Section::strings)},
    {of(Section::purposes), offsetof(PurposeRecord, id), Check::index, of(Section::strings)},
    {of(Section::purposes), offsetof(PurposeRecord, cap), Check::cap, 0},
    {of(Section::channels), offsetof(ChannelRecord, id), Check::index, of(Section::strings)},
    {of(Section::channels), offsetof(ChannelRecord, consent), Check::optional, of(Section::consents)},
    {of(Section::channels), offsetof(ChannelRecord, cap), Check::cap, 0},
    {of(Section::slots), offsetof(SlotRecord, id), Check::index, of(Section::strings)},
    {of(Section::triggers), offsetof(TriggerRecord, id), Check::index, of(Section::strings)},
    {of(Section::triggers), offsetof(TriggerRecord, where), Check::optional, of(Section::nodes)},
    {of(Section::triggers), offsetof(TriggerRecord, arm_when), Check::optional, of(Section::nodes)},
    {of(Section::triggers), offsetof(TriggerRecord, when), Check::optional, of(Section::nodes)},
    {of(Section::triggers), offsetof(TriggerRecord, purpose), Check::optional, of(Section::purposes)},
    {of(Section::triggers), offsetof(TriggerRecord, promise), Check::optional, of(Section::promises)},
    {of(Section::triggers), offsetof(TriggerRecord, cap), Check::cap, 0},
    {of(Section::triggers), offsetof(TriggerRecord, served_within_ms), Check::time, 0},
    {of(Section::triggers), offsetof(TriggerRecord, wait_ms), Check::time, 0},
    {of(Section::triggers), offsetof(TriggerRecord, actions), Check::range, of(Section::actions)},
    {of(Section::triggers), offsetof(TriggerRecord, group), Check::optional, of(Section::groups)},
    {of(Section::triggers), offsetof(TriggerRecord, freshness_ms), Check::time, 0},
    {of(Section::triggers), offsetof(TriggerRecord, experiment), Check::optional, of(Section::experiments)},
    {of(Section::triggers), offsetof(TriggerRecord, forms), Check::range, of(Section::forms)},
    {of(Section::actions), offsetof(ActionRecord, channel), Check::index, of(Section::channels)},
    {of(Section::actions), offsetof(ActionRecord, slot), Check::optional, of(Section::slots)},
    {of(Section::actions), offsetof(ActionRecord, content), Check::index, of(Section::strings)},
    {of(Section::actions), offsetof(ActionRecord, destination), Check::optional, of(Section::strings)},
    {of(Section::cancels), offsetof(CancelRecord, trigger), Check::index, of(Section::triggers)},
    {of(Section::cancels), offsetof(CancelRecord, where), Check::optional, of(Section::nodes)},
    {of(Section::events), offsetof(EventRecord, name), Check::index, of(Section::strings)},
    {of(Section::events), offsetof(EventRecord, behaviors), Check::list, of(Section::behaviors)},
    {of(Section::events), offsetof(EventRecord, stage_rules), Check::list, of(Section::stage_rules)},
    {of(Section::events), offsetof(EventRecord, cancels), Check::list, of(Section::cancels)},
    {of(Section::events), offsetof(EventRecord, arms), Check::list, of(Section::triggers)},
    {of(Section::events), offsetof(EventRecord, triggers), Check::list, of(Section::triggers)},
    {of(Section::events), offsetof(EventRecord, indexes), Check::range, of(Section::indexes)},
    {of(Section::events), offsetof(EventRecord, evidence), Check::list, of(Section::stages)},
    {of(Section::events), offsetof(EventRecord, score_adds), Check::list, of(Section::score_adds)},
    {of(Section::events), offsetof(EventRecord, watches), Check::list, of(Section::watches)},
    {of(Section::events), offsetof(EventRecord, schedules), Check::list, of(Section::schedules)},
    {of(Section::watches), offsetof(WatchRecord, audience), Check::index, of(Section::audiences)},
    {of(Section::watches), offsetof(WatchRecord, entered.arms), Check::list, of(Section::triggers)},
    {of(Section::watches), offsetof(WatchRecord, entered.triggers), Check::list, of(Section::triggers)},
    {of(Section::watches), offsetof(WatchRecord, left.arms), Check::list, of(Section::triggers)},
    {of(Section::watches), offsetof(WatchRecord, left.triggers), Check::list, of(Section::triggers)},
    {of(Section::schedules), offsetof(ScheduleRecord, trigger), Check::index, of(Section::triggers)},
    {of(Section::schedules), offsetof(ScheduleRecord, source), Check::below,
     static_cast<std::uint8_t>(DateSource::count_)},
    {of(Section::schedules), offsetof(ScheduleRecord, path), Check::optional, of(Section::paths)},
    {of(Section::indexes), offsetof(IndexRecord, fact), Check::index, of(Section::facts)},
    {of(Section::indexes), offsetof(IndexRecord, path), Check::optional, of(Section::paths)},
    {of(Section::indexes), offsetof(IndexRecord, buckets), Check::range, of(Section::buckets)},
    {of(Section::buckets), offsetof(BucketRecord, triggers), Check::list, of(Section::triggers)},
    {of(Section::asks), offsetof(AskRecord, field), Check::index, of(Section::strings)},
    {of(Section::asks), offsetof(AskRecord, trait), Check::index, of(Section::traits)},
    {of(Section::asks), offsetof(AskRecord, when), Check::optional, of(Section::nodes)},
    {of(Section::asks), offsetof(AskRecord, cap), Check::cap, 0},
    {of(Section::triggers_by_key), 0, Check::index, of(Section::triggers)},
    {of(Section::promises), offsetof(PromiseRecord, id), Check::index, of(Section::strings)},
    {of(Section::promises), offsetof(PromiseRecord, contradicts), Check::list, of(Section::promises)},
    {of(Section::promises), offsetof(PromiseRecord, for_ms), Check::time, 0},
    {of(Section::suppressions), offsetof(SuppressionRecord, id), Check::index, of(Section::strings)},
    {of(Section::suppressions), offsetof(SuppressionRecord, when), Check::index, of(Section::nodes)},
    {of(Section::suppressions), offsetof(SuppressionRecord, purposes), Check::list, of(Section::purposes)},
    {of(Section::groups), offsetof(GroupRecord, id), Check::index, of(Section::strings)},
    {of(Section::experiments), offsetof(ExperimentRecord, id), Check::index, of(Section::strings)},
    {of(Section::experiments), offsetof(ExperimentRecord, unit_fact), Check::index, of(Section::facts)},
    {of(Section::experiments), offsetof(ExperimentRecord, name_space), Check::optional, of(Section::strings)},
    {of(Section::experiments), offsetof(ExperimentRecord, factors), Check::range, of(Section::factors)},
    {of(Section::experiments), offsetof(ExperimentRecord, cells), Check::range, of(Section::cells)},
    {of(Section::factors), offsetof(FactorRecord, levels), Check::range, of(Section::lists)},
    {of(Section::cells), offsetof(CellRecord, treatment), Check::index, of(Section::strings)},
    {of(Section::forms), offsetof(FormRecord, wait_ms), Check::time, 0},
    {of(Section::forms), offsetof(FormRecord, actions), Check::range, of(Section::actions)},
    {of(Section::migrations), offsetof(MigrationRecord, to), Check::index, of(Section::stages)},
    {of(Section::sequence_steps), offsetof(SequenceStepRecord, event), Check::index, of(Section::strings)},
    {of(Section::sequence_steps), offsetof(SequenceStepRecord, where), Check::optional, of(Section::nodes)},
    {of(Section::scores), offsetof(ScoreRecord, id), Check::index, of(Section::strings)},
    {of(Section::scores), offsetof(ScoreRecord, half_life_ms), Check::time, 0},
    {of(Section::scores), offsetof(ScoreRecord, tiers), Check::range, of(Section::tiers)},
    {of(Section::score_adds), offsetof(ScoreAddRecord, score), Check::index, of(Section::scores)},
    {of(Section::score_adds), offsetof(ScoreAddRecord, where), Check::optional, of(Section::nodes)},
    {of(Section::score_adds), offsetof(ScoreAddRecord, fact), Check::optional, of(Section::facts)},
    {of(Section::score_adds), offsetof(ScoreAddRecord, path), Check::optional, of(Section::paths)},
    {of(Section::score_adds), offsetof(ScoreAddRecord, points), Check::finite, 0},
    {of(Section::tiers), offsetof(TierRecord, name), Check::index, of(Section::strings)},
    {of(Section::tiers), offsetof(TierRecord, from), Check::finite, 0},
    {of(Section::models), offsetof(ModelRecord, id), Check::index, of(Section::strings)},
    {of(Section::models), offsetof(ModelRecord, terms), Check::range, of(Section::model_terms)},
    {of(Section::models), offsetof(ModelRecord, intercept), Check::finite, 0},
    {of(Section::model_terms), offsetof(ModelTermRecord, node), Check::index, of(Section::nodes)},
    {of(Section::model_terms), offsetof(ModelTermRecord, kind), Check::below,
     static_cast<std::uint8_t>(TermKind::count_)},
    {of(Section::model_terms), offsetof(ModelTermRecord, weight), Check::finite, 0},
    {of(Section::model_terms), offsetof(ModelTermRecord, missing), Check::finite, 0},
    {of(Section::model_terms), offsetof(ModelTermRecord, per), Check::finite, 0},
};

// By section, in the order of format::Section.
inline constexpr std::uint8_t kRecordBytes[kSectionCount] = {
    1,
    sizeof(StringRecord),
    1,
    4,
    sizeof(PathRecord),
    sizeof(FactRecord),
    sizeof(NodeRecord),
    sizeof(BehaviorRecord),
    sizeof(AudienceRecord),
    sizeof(StageRecord),
    sizeof(StageRuleRecord),
    sizeof(TraitRecord),
    sizeof(ConsentRecord),
    sizeof(PurposeRecord),
    sizeof(ChannelRecord),
    sizeof(SlotRecord),
    sizeof(TriggerRecord),
    sizeof(ActionRecord),
    sizeof(CancelRecord),
    sizeof(EventRecord),
    sizeof(IndexRecord),
    sizeof(BucketRecord),
    4,
    sizeof(PatternRecord),
    sizeof(PatternInstruction),
    sizeof(PatternRange),
    sizeof(PromiseRecord),
    sizeof(SuppressionRecord),
    sizeof(GroupRecord),
    sizeof(ExperimentRecord),
    sizeof(FactorRecord),
    sizeof(CellRecord),
    sizeof(FormRecord),
    sizeof(MigrationRecord),
    sizeof(SequenceStepRecord),
    sizeof(ScoreRecord),
    sizeof(ScoreAddRecord),
    sizeof(TierRecord),
    sizeof(ModelRecord),
    sizeof(ModelTermRecord),
    sizeof(AskRecord),
    sizeof(WatchRecord),
    sizeof(ScheduleRecord),
};

// What a condition's subject is an index of; a number where that is no section.
inline constexpr FieldRule kSubjectRules[] = {
    {of(Section::nodes), 0, Check::below, 0},  // none
    {of(Section::nodes), 0, Check::index, of(Section::facts)},
    {of(Section::nodes), 0, Check::below, 1},  // event_name
    {of(Section::nodes), 0, Check::below, 1},  // event_type
    {of(Section::nodes), 0, Check::index, of(Section::traits)},
    {of(Section::nodes), 0, Check::below, 1},  // stage
    {of(Section::nodes), 0, Check::below, 1},  // stage_age
    {of(Section::nodes), 0, Check::index, of(Section::behaviors)},
    {of(Section::nodes), 0, Check::index, of(Section::audiences)},
    {of(Section::nodes), 0, Check::below, static_cast<std::uint8_t>(SessionField::count_)},
    {of(Section::nodes), 0, Check::index, of(Section::consents)},
    {of(Section::nodes), 0, Check::below, 1},  // element
    {of(Section::nodes), 0, Check::index, of(Section::scores)},
    {of(Section::nodes), 0, Check::index, of(Section::scores)},  // tier
    {of(Section::nodes), 0, Check::index, of(Section::models)},
    {of(Section::nodes), 0, Check::below, static_cast<std::uint8_t>(ContextField::count_)},
    {of(Section::nodes), 0, Check::below, static_cast<std::uint8_t>(NowField::count_)},
    {of(Section::nodes), 0, Check::below, static_cast<std::uint8_t>(IntentField::count_)},
    {of(Section::nodes), 0, Check::index, of(Section::asks)},
};
static_assert(std::size(kSubjectRules) == static_cast<std::size_t>(Subject::count_));

}  // namespace desirepath::format
