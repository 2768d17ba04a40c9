#include "sdk/engine/program.hpp"

#include <cstddef>
#include <iterator>

#include "sdk/engine/behavior.hpp"
#include "sdk/engine/features.hpp"
#include "sdk/engine/limits.hpp"
#include "sdk/engine/number.hpp"
#include "sdk/engine/pattern.hpp"
#include "sdk/engine/value.hpp"

namespace desirepath {

using namespace format;

std::string_view Program::string(std::uint32_t index) const noexcept {
  const std::uint8_t* text = prefixed_string(index);
  return text_at(text + 4, desirepath::load<std::uint32_t>(text));
}

std::int64_t Program::find_event(std::string_view name) const noexcept {
  const std::uint32_t hash = fnv1a(name);
  std::uint32_t low = 0;
  std::uint32_t high = events().size();
  while (low < high) {
    const std::uint32_t middle = low + (high - low) / 2;
    if (events()[middle].name_hash < hash) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  for (; low < events().size(); ++low) {
    const EventRecord& record = events()[low];
    if (record.name_hash != hash) break;
    if (string(record.name) == name) return low;
  }
  return -1;
}

std::int64_t Program::find_trigger(std::uint32_t key) const noexcept {
  std::uint32_t low = 0;
  std::uint32_t high = triggers_by_key().size();
  while (low < high) {
    const std::uint32_t middle = low + (high - low) / 2;
    if (triggers()[triggers_by_key()[middle]].key < key) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  if (low == triggers_by_key().size() || triggers()[triggers_by_key()[low]].key != key) return -1;
  return triggers_by_key()[low];
}

namespace {

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

constexpr FieldRule kFieldRules[] = {
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
constexpr std::uint8_t kRecordBytes[kSectionCount] = {
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
constexpr FieldRule kSubjectRules[] = {
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

constexpr std::uint32_t feature_of(Op op) {
  if (op == Op::matches) return kFeaturePattern;
  return op > Op::exists ? kFeatureElements : kFeatureCore;
}

constexpr bool is_element_group(Op op) {
  return op == Op::any_element || op == Op::size_is;
}

}  // namespace

// Checks a program's bytes by the rules above. Whatever passes can be read without further checks.
class ProgramVerifier {
 public:
  explicit ProgramVerifier(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}

  LoadedProgram verify() {
    LoadedProgram loaded;
    loaded.error = check_header();
    const bool has_head = loaded.error == ProgramError::none;
    if (has_head &&
        !(map_sections() && check_strings() && check_fields() && check_patterns() && check_nodes() &&
          check_bounds() && check_audiences() && check_behaviors() && check_scores() && check_models() &&
          check_asks() && check_schedules() && check_experiments())) {
      loaded.error = ProgramError::inconsistent;
    }
    if (loaded.error == ProgramError::none) loaded.program = program_;
    loaded.offset = offset_;
    return loaded;
  }

 private:
  // Remembers where the bytes are wrong; false, so that a check can end with it.
  bool wrong_at(const void* at) {
    offset_ = static_cast<std::uint32_t>(static_cast<const std::uint8_t*>(at) - bytes_.data());
    return false;
  }

  ProgramError check_header() {
    if (bytes_.size() > kProgramBytesMax) return ProgramError::too_large;
    if (bytes_.size() < kHeadBytes || reinterpret_cast<std::uintptr_t>(bytes_.data()) % 8 != 0) {
      return ProgramError::not_a_program;
    }
    program_.bytes_ = bytes_.data();
    const Header& header = program_.header();
    if (header.magic != kMagic) return ProgramError::not_a_program;
    if (header.length != bytes_.size()) return at(header.length, ProgramError::not_a_program);
    if (header.version != kVersion) return at(header.version, ProgramError::unsupported);
    if ((header.features & ~kFeaturesOfThisBuild) != 0) return at(header.features, ProgramError::unsupported);
    if (header.state_bytes_max > kFullStateBytesMax) {
      return at(header.state_bytes_max, ProgramError::too_large);
    }
    if (header.section_count != kSectionCount) return at(header.section_count, ProgramError::inconsistent);
    return ProgramError::none;
  }

  template <typename Field>
  ProgramError at(const Field& field, ProgramError error) {
    wrong_at(&field);
    return error;
  }

  std::uint32_t count_of(std::uint8_t section) const {
    return program_.entry(static_cast<Section>(section)).count;
  }

  bool map_sections() {
    for (std::uint8_t i = 0; i < kSectionCount; ++i) {
      const SectionEntry& entry = program_.entry(static_cast<Section>(i));
      const std::uint64_t end = std::uint64_t{entry.offset} + std::uint64_t{entry.count} * kRecordBytes[i];
      if (end > bytes_.size() || entry.offset % 8 != 0) return wrong_at(&entry);
      program_.starts_[i] = bytes_.data() + entry.offset;
    }
    return true;
  }

  bool check_strings() {
    const std::uint32_t text_bytes = count_of(of(Section::text));
    for (std::uint32_t i = 0; i < program_.strings().size(); ++i) {
      const StringRecord& string = program_.strings()[i];
      const std::uint64_t start = std::uint64_t{string.offset} + 4;
      if (start > text_bytes || start + load<std::uint32_t>(program_.prefixed_string(i)) > text_bytes) {
        return wrong_at(&string);
      }
    }
    return true;
  }

  bool satisfies(const FieldRule& rule, const std::uint8_t* field) const {
    const std::uint32_t value = load<std::uint32_t>(field);
    switch (rule.check) {
      case Check::index: return value < count_of(rule.target);
      case Check::optional: return value <= count_of(rule.target);
      case Check::below: return value < rule.target;
      case Check::range:
        return value <= load<Range>(field).end && load<Range>(field).end <= count_of(rule.target);
      case Check::time: return is_time(load<std::int64_t>(field));
      case Check::finite: return is_finite(load<double>(field));
      case Check::cap: return value <= kCapTimesMax && is_time(load<Cap>(field).per_ms);
      case Check::list: {
        const Range range = load<Range>(field);
        if (range.begin > range.end || range.end > program_.lists().size()) return false;
        for (std::uint32_t i = range.begin; i < range.end; ++i) {
          if (program_.lists()[i] >= count_of(rule.target)) return false;
        }
        return true;
      }
    }
    return false;
  }

  static bool is_time(std::int64_t time_ms) { return time_ms >= 0 && time_ms <= kTimeMaxMs; }

  bool check_fields() {
    for (const FieldRule& rule : kFieldRules) {
      const std::uint8_t* field = program_.start_of(static_cast<Section>(rule.section)) + rule.offset;
      for (std::uint32_t left = count_of(rule.section); left > 0; --left) {
        if (!satisfies(rule, field)) return wrong_at(field);
        field += kRecordBytes[rule.section];
      }
    }
    return true;
  }

  bool check_patterns() {
    if constexpr (builds(kFeaturePattern)) {
      if (const void* unsound = unsound_pattern_part(program_)) return wrong_at(unsound);
    }
    return true;
  }

  bool is_constant(Op op, std::uint32_t offset) const {
    const std::uint32_t bytes = count_of(of(Section::constants));
    if (offset >= bytes) return false;
    const std::uint8_t* at = program_.constant(offset);
    if (validated_size({at, bytes - offset}) == 0) return false;
    const Value value = Value::read(at);
    switch (op) {
      case Op::is_number: return value.is_number();
      case Op::is_boolean:
      case Op::exists: return value.is_boolean();
      case Op::in:
      case Op::not_in: return value.is_array();
      case Op::type_is: return value.is_number() && value.number() >= 0 && value.number() < 128;
      default: return true;
    }
  }

  bool has_operand(const NodeRecord& node) const {
    const Op op = static_cast<Op>(node.op);
    if (is_element_group(op)) return true;
    if (op == Op::matches) return node.constant < program_.patterns().size();
    return is_constant(op, node.constant);
  }

  // Inside a group over elements nothing but the element is read, so that a group in a group goes through
  // each element of the event once.
  bool has_subject(const NodeRecord& node, bool in_elements) const {
    return node.subject != 0 && node.subject < static_cast<std::uint8_t>(Subject::count_) &&
           in_elements == (node.subject == static_cast<std::uint8_t>(Subject::element)) &&
           satisfies(kSubjectRules[node.subject], reinterpret_cast<const std::uint8_t*>(&node.index)) &&
           node.path <= program_.paths().size();
  }

  bool is_node(const NodeRecord& node, bool in_elements) const {
    if (node.op >= static_cast<std::uint8_t>(Op::count_)) return false;
    const Op op = static_cast<Op>(node.op);
    if (!says(feature_of(op))) return false;
    return op <= Op::none_of || (has_subject(node, in_elements) && has_operand(node));
  }

  // The nodes are trees in prefix order.
  bool check_nodes() {
    std::uint32_t ends[kConditionDepthMax];
    int depth = 0;
    std::uint32_t elements_end = 0;
    const std::uint32_t count = program_.nodes().size();
    for (std::uint32_t i = 0; i < count; ++i) {
      while (depth > 0 && ends[depth - 1] == i) --depth;
      const NodeRecord& node = program_.nodes()[i];
      const std::uint32_t bound = depth > 0 ? ends[depth - 1] : count;
      if (node.end <= i || node.end > bound || !is_node(node, i < elements_end)) return wrong_at(&node);
      if (node.end == i + 1) continue;
      const Op op = static_cast<Op>(node.op);
      if (depth == kConditionDepthMax || (op > Op::none_of && !is_element_group(op))) return wrong_at(&node);
      ends[depth++] = node.end;
      if (is_element_group(op) && node.end > elements_end) elements_end = node.end;
    }
    return true;
  }

  static bool is_group(const NodeRecord& node) { return node.op <= static_cast<std::uint8_t>(Op::none_of); }
  static bool reads(const NodeRecord& node, Subject subject) {
    return !is_group(node) && node.subject == static_cast<std::uint8_t>(subject);
  }

  // An audience reads no other audience and no model reads another, not even through an audience, so that
  // evaluation nests a model, an audience and a behavior deep at most. Each node is looked at once:
  // conditions of audiences and terms of models stand in the order of their nodes.
  bool check_audiences() {
    std::uint32_t end = 0;
    for (std::uint32_t i = 0; i < program_.audiences().size(); ++i) {
      const AudienceRecord& audience = program_.audiences()[i];
      if (audience.when < end) return wrong_at(&audience);
      end = program_.nodes()[audience.when].end;
      for (std::uint32_t node = audience.when; node < end; ++node) {
        if (reads(program_.nodes()[node], Subject::audience)) return wrong_at(&audience);
        if (reads(program_.nodes()[node], Subject::propensity) && audience.reads_models == 0) {
          return wrong_at(&audience.reads_models);
        }
      }
    }
    return true;
  }

  bool check_asks() {
    for (std::uint32_t i = 0; i < program_.asks().size(); ++i) {
      const AskRecord& ask = program_.asks()[i];
      if (ask.keep - 1 > kCapTimesMax) return wrong_at(&ask.keep);
    }
    return true;
  }

  // Whether the header says that the program needs the feature.
  bool says(std::uint32_t feature) const { return (feature & ~program_.header().features) == 0; }

  bool check_behaviors() {
    for (std::uint32_t i = 0; i < program_.behaviors().size(); ++i) {
      const BehaviorRecord& behavior = program_.behaviors()[i];
      if (behavior.keep - 1 >= kBehaviorKeepMax) return wrong_at(&behavior.keep);
      if (!says(feature_of(static_cast<BehaviorKind>(behavior.kind)))) return wrong_at(&behavior.kind);
      const std::uint32_t steps = behavior.steps.end - behavior.steps.begin;
      const std::uint32_t breakers = behavior.breakers.end - behavior.breakers.begin;
      const bool is_sequence = behavior.kind == static_cast<std::uint32_t>(BehaviorKind::sequence);
      if (is_sequence && (steps < 2 || steps > kSequenceStepsMax || breakers > kSequenceStepsMax)) {
        return wrong_at(&behavior.steps);
      }
    }
    return true;
  }

  bool check_scores() {
    const bool has_scores = program_.scores().size() != 0;
    return !has_scores || says(kFeatureScore) || wrong_at(&program_.entry(Section::scores));
  }

  bool check_models() {
    if (program_.models().size() == 0) return true;
    if (!says(kFeatureModel)) return wrong_at(&program_.entry(Section::models));
    if constexpr (!builds(kFeatureModel)) return false;
    std::uint32_t end = 0;
    for (std::uint32_t i = 0; i < program_.model_terms().size(); ++i) {
      const ModelTermRecord& term = program_.model_terms()[i];
      const NodeRecord& root = program_.nodes()[term.node];
      const bool is_number = term.kind == static_cast<std::uint32_t>(TermKind::number);
      if (term.node < end || !(term.per > 0) || (is_number && is_group(root))) {
        return wrong_at(&term);
      }
      end = root.end;
      for (std::uint32_t at = term.node; at < end; ++at) {
        const NodeRecord& node = program_.nodes()[at];
        const bool is_nested =
            reads(node, Subject::audience) && program_.audiences()[node.index].reads_models != 0;
        if (is_nested || reads(node, Subject::propensity)) return wrong_at(&node);
      }
    }
    return true;
  }

  bool check_schedules() {
    for (std::uint32_t i = 0; i < program_.schedules().size(); ++i) {
      const ScheduleRecord& schedule = program_.schedules()[i];
      const bool is_trait = schedule.source == static_cast<std::uint32_t>(DateSource::trait);
      if (schedule.index >= (is_trait ? program_.traits().size() : program_.behaviors().size())) {
        return wrong_at(&schedule.index);
      }
      if (schedule.offset_ms < -kTimeMaxMs || schedule.offset_ms > kTimeMaxMs) {
        return wrong_at(&schedule.offset_ms);
      }
      if (schedule.minute > kMinutesPerDay) return wrong_at(&schedule.minute);
    }
    return true;
  }

  // As many cells as the factors' levels multiplied.
  bool has_its_cells(const ExperimentRecord& experiment) const {
    std::uint64_t cells = 1;
    for (std::uint32_t i = experiment.factors.begin; i < experiment.factors.end; ++i) {
      const Range& levels = program_.factors()[i].levels;
      cells *= levels.end - levels.begin;
      if (cells > kCellsMax) return false;
    }
    return cells != 0 && cells == experiment.cells.end - experiment.cells.begin;
  }

  // A form for each cell, and a wait where the trigger waits: a wait of no time would never end.
  bool has_its_forms(const TriggerRecord& trigger) const {
    if (trigger.experiment == 0) return true;
    const Range& cells = program_.experiments()[trigger.experiment - 1].cells;
    if (trigger.forms.end - trigger.forms.begin != cells.end - cells.begin) return false;
    for (std::uint32_t i = trigger.forms.begin; i < trigger.forms.end; ++i) {
      if ((program_.forms()[i].wait_ms == 0) != (trigger.wait_ms == 0)) return false;
    }
    return true;
  }

  bool check_experiments() {
    const Header& header = program_.header();
    if (program_.experiments().size() > kExperimentsMax) {
      return wrong_at(&program_.entry(Section::experiments));
    }
    if (header.holdout_experiment > program_.experiments().size()) {
      return wrong_at(&header.holdout_experiment);
    }
    for (std::uint32_t i = 0; i < program_.experiments().size(); ++i) {
      const ExperimentRecord& experiment = program_.experiments()[i];
      if (!has_its_cells(experiment)) return wrong_at(&experiment);
    }
    for (std::uint32_t i = 0; i < program_.triggers().size(); ++i) {
      const TriggerRecord& trigger = program_.triggers()[i];
      if (!has_its_forms(trigger)) return wrong_at(&trigger);
    }
    return true;
  }

  bool check_bounds() {
    const Header& header = program_.header();
    if (program_.slots().size() > kSlotsMax) return wrong_at(&program_.entry(Section::slots));
    if (program_.channels().size() > kChannelsMax) return wrong_at(&program_.entry(Section::channels));
    if (program_.suppressions().size() > kSuppressionsMax) {
      return wrong_at(&program_.entry(Section::suppressions));
    }
    if (program_.watches().size() > kWatchesMax) return wrong_at(&program_.entry(Section::watches));
    if (header.decisions_max > program_.actions().size()) return wrong_at(&header.decisions_max);
    // A trigger's wait, a watch or the stage: each has one anchor.
    if (header.anchors_max > std::uint64_t{program_.triggers().size()} + kWatchesMax + 1) {
      return wrong_at(&header.anchors_max);
    }
    if (header.journey >= program_.strings().size()) return wrong_at(&header.journey);
    for (const std::uint32_t& fact : header.facts) {
      if (fact > program_.facts().size()) return wrong_at(&fact);
    }
    for (std::uint32_t i = 0; i < program_.events().size(); ++i) {
      const Range& indexes = program_.events()[i].indexes;
      if (indexes.end - indexes.begin > kIndexesPerEventMax) return wrong_at(&indexes);
    }
    return true;
  }

  std::span<const std::uint8_t> bytes_;
  Program program_;
  std::uint32_t offset_ = 0;
};

LoadedProgram Program::load(std::span<const std::uint8_t> bytes) noexcept {
  return ProgramVerifier(bytes).verify();
}

}  // namespace desirepath
