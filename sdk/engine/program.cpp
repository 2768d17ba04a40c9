#include "sdk/engine/program.hpp"

#include "sdk/engine/limits.hpp"
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
  std::uint32_t high = events.size();
  while (low < high) {
    const std::uint32_t middle = low + (high - low) / 2;
    if (events[middle].name_hash < hash) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  for (; low < events.size(); ++low) {
    const EventRecord record = events[low];
    if (record.name_hash != hash) break;
    if (string(record.name) == name) return low;
  }
  return -1;
}

std::int64_t Program::find_trigger(std::uint32_t key) const noexcept {
  std::uint32_t low = 0;
  std::uint32_t high = triggers_by_key.size();
  while (low < high) {
    const std::uint32_t middle = low + (high - low) / 2;
    if (triggers[triggers_by_key[middle]].key < key) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  if (low == triggers_by_key.size() || triggers[triggers_by_key[low]].key != key) return -1;
  return triggers_by_key[low];
}

// Checks a program's bytes section by section. Whatever passes can be read without further checks.
class ProgramVerifier {
 public:
  explicit ProgramVerifier(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}

  LoadedProgram verify() {
    LoadedProgram loaded;
    loaded.error = check_header();
    if (loaded.error != ProgramError::none) return loaded;
    const bool consistent = map_sections() && check_strings() && check_lookups() && check_nodes() &&
                            check_definitions() && check_effects() && check_dispatch() && check_engine_facts();
    loaded.error = consistent ? ProgramError::none : ProgramError::inconsistent;
    if (consistent) loaded.program = program_;
    return loaded;
  }

 private:
  ProgramError check_header() {
    if (bytes_.size() > kProgramBytesMax) return ProgramError::too_large;
    if (bytes_.size() < sizeof(Header) + kSectionCount * sizeof(SectionEntry)) return ProgramError::not_a_program;
    program_.header_ = load<Header>(bytes_.data());
    const Header& header = program_.header_;
    if (header.magic != kMagic || header.length != bytes_.size()) return ProgramError::not_a_program;
    if (header.version != kVersion || (header.features & ~kFeaturesOfThisBuild) != 0) {
      return ProgramError::unsupported;
    }
    if (header.state_bytes_max > kFullStateBytesMax) return ProgramError::too_large;
    return header.section_count == kSectionCount ? ProgramError::none : ProgramError::inconsistent;
  }

  template <typename Record>
  bool map(Section section, Records<Record>& records) {
    const auto entry = load<SectionEntry>(bytes_.data() + sizeof(Header) +
                                          static_cast<std::size_t>(section) * sizeof(SectionEntry));
    const std::uint64_t end = std::uint64_t{entry.offset} + std::uint64_t{entry.count} * sizeof(Record);
    if (end > bytes_.size()) return false;
    records = Records<Record>(bytes_.data() + entry.offset, entry.count);
    return true;
  }

  bool map_sections() {
    Records<std::uint8_t> text;
    Records<std::uint8_t> constants;
    Program& p = program_;
    if (!map(Section::text, text) || !map(Section::strings, p.strings_) || !map(Section::constants, constants) ||
        !map(Section::lists, p.lists) || !map(Section::paths, p.paths) || !map(Section::facts, p.facts) ||
        !map(Section::nodes, p.nodes) || !map(Section::behaviors, p.behaviors) ||
        !map(Section::audiences, p.audiences) || !map(Section::stages, p.stages) ||
        !map(Section::stage_rules, p.stage_rules) || !map(Section::traits, p.traits) ||
        !map(Section::consents, p.consents) || !map(Section::purposes, p.purposes) ||
        !map(Section::channels, p.channels) || !map(Section::slots, p.slots) || !map(Section::triggers, p.triggers) ||
        !map(Section::actions, p.actions) || !map(Section::cancels, p.cancels) || !map(Section::events, p.events) ||
        !map(Section::indexes, p.indexes) || !map(Section::buckets, p.buckets) || !map(Section::waiting, p.waiting) ||
        !map(Section::triggers_by_key, p.triggers_by_key)) {
      return false;
    }
    const auto start_of = [&](Section section) {
      return bytes_.data() + load<SectionEntry>(bytes_.data() + sizeof(Header) +
                                                static_cast<std::size_t>(section) * sizeof(SectionEntry))
                                 .offset;
    };
    p.text_ = start_of(Section::text);
    p.constants_ = start_of(Section::constants);
    text_bytes_ = text.size();
    constant_bytes_ = constants.size();
    return true;
  }

  bool check_strings() {
    for (std::uint32_t i = 0; i < program_.strings_.size(); ++i) {
      const std::uint64_t offset = program_.strings_[i].offset;
      if (offset + 4 > text_bytes_) return false;
      if (offset + 4 + load<std::uint32_t>(program_.prefixed_string(i)) > text_bytes_) return false;
    }
    return is_string(program_.header_.journey);
  }

  bool is_string(std::uint32_t index) const { return index < program_.strings_.size(); }
  bool is_optional_string(std::uint32_t plus_one) const { return plus_one <= program_.strings_.size(); }
  bool is_optional_node(std::uint32_t plus_one) const { return plus_one <= program_.nodes.size(); }
  bool is_optional_fact(std::uint32_t plus_one) const { return plus_one <= program_.facts.size(); }
  bool is_optional_path(std::uint32_t plus_one) const { return plus_one <= program_.paths.size(); }

  static bool is_range(Range range, std::uint32_t size) { return range.begin <= range.end && range.end <= size; }

  // A range of the lists section whose entries are indexes below `limit`.
  bool is_list(Range range, std::uint32_t limit) const {
    if (!is_range(range, program_.lists.size())) return false;
    for (std::uint32_t i = range.begin; i < range.end; ++i) {
      if (program_.lists[i] >= limit) return false;
    }
    return true;
  }

  bool is_cap(const Cap& cap) const { return cap.times <= kCapTimesMax && cap.per_ms >= 0; }

  bool check_lookups() {
    for (std::uint32_t i = 0; i < program_.paths.size(); ++i) {
      if (!is_list(program_.paths[i].keys, program_.strings_.size())) return false;
    }
    for (std::uint32_t i = 0; i < program_.facts.size(); ++i) {
      const FactRecord fact = program_.facts[i];
      if (fact.root > static_cast<std::uint32_t>(Root::traits) || !is_string(fact.key) || !is_string(fact.path)) {
        return false;
      }
    }
    return true;
  }

  bool is_subject(const NodeRecord& node) const {
    switch (static_cast<Subject>(node.subject)) {
      case Subject::fact: return node.index < program_.facts.size();
      case Subject::event_name:
      case Subject::event_type:
      case Subject::stage:
      case Subject::stage_age: return true;
      case Subject::trait: return node.index < program_.traits.size();
      case Subject::behavior: return node.index < program_.behaviors.size();
      case Subject::audience: return node.index < program_.audiences.size();
      case Subject::session: return node.index < static_cast<std::uint32_t>(SessionField::count_);
      case Subject::consent: return node.index < program_.consents.size();
      default: return false;
    }
  }

  bool is_constant(Op op, std::uint32_t offset) const {
    if (offset >= constant_bytes_) return false;
    const std::uint8_t* at = program_.constants_ + offset;
    if (validated_size({at, constant_bytes_ - offset}) == 0) return false;
    const Value value = Value::read(at);
    switch (op) {
      case Op::is_number: return value.is_number();
      case Op::is_boolean:
      case Op::exists: return value.is_boolean();
      case Op::in:
      case Op::not_in: return value.is_array();
      default: return true;
    }
  }

  // The nodes are trees in prefix order.
  bool check_nodes() {
    std::uint32_t ends[kConditionDepthMax];
    int depth = 0;
    const std::uint32_t count = program_.nodes.size();
    for (std::uint32_t i = 0; i < count; ++i) {
      while (depth > 0 && ends[depth - 1] == i) --depth;
      const NodeRecord node = program_.nodes[i];
      const std::uint32_t bound = depth > 0 ? ends[depth - 1] : count;
      if (node.end <= i || node.end > bound || node.op >= static_cast<std::uint8_t>(Op::count_)) return false;
      if (node.op <= static_cast<std::uint8_t>(Op::none_of)) {
        if (node.end == i + 1) continue;
        if (depth == kConditionDepthMax) return false;
        ends[depth++] = node.end;
      } else if (node.end != i + 1 || !is_subject(node) || !is_optional_path(node.path) ||
                 !is_constant(static_cast<Op>(node.op), node.constant)) {
        return false;
      }
    }
    for (std::uint32_t i = 0; i < program_.audiences.size(); ++i) {
      const AudienceRecord audience = program_.audiences[i];
      if (!is_string(audience.id) || audience.when >= count || reads_audiences(audience.when)) return false;
    }
    return true;
  }

  // An audience reads no other audience, so that evaluation nests one deep at most.
  bool reads_audiences(std::uint32_t root) const {
    const std::uint32_t end = program_.nodes[root].end;
    for (std::uint32_t i = root; i < end; ++i) {
      if (program_.nodes[i].subject == static_cast<std::uint8_t>(Subject::audience)) return true;
    }
    return false;
  }

  bool check_definitions() {
    for (std::uint32_t i = 0; i < program_.behaviors.size(); ++i) {
      const BehaviorRecord behavior = program_.behaviors[i];
      if (!is_string(behavior.id) || behavior.kind >= static_cast<std::uint32_t>(BehaviorKind::count_) ||
          !is_optional_node(behavior.where) || !is_optional_fact(behavior.fact) || !is_optional_path(behavior.path) ||
          behavior.within_ms < 0 || behavior.keep == 0 || behavior.keep > kBehaviorKeepMax) {
        return false;
      }
    }
    for (std::uint32_t i = 0; i < program_.stages.size(); ++i) {
      if (!is_string(program_.stages[i].id)) return false;
    }
    for (std::uint32_t i = 0; i < program_.stage_rules.size(); ++i) {
      const StageRuleRecord rule = program_.stage_rules[i];
      if (rule.stage >= program_.stages.size() || !is_optional_node(rule.when)) return false;
    }
    for (std::uint32_t i = 0; i < program_.traits.size(); ++i) {
      const TraitRecord trait = program_.traits[i];
      if (!is_string(trait.name) || trait.fact >= program_.facts.size()) return false;
    }
    for (std::uint32_t i = 0; i < program_.consents.size(); ++i) {
      if (!is_string(program_.consents[i].category)) return false;
    }
    return true;
  }

  bool check_effects() {
    if (program_.slots.size() > kSlotsMax || program_.channels.size() > kChannelsMax) return false;
    if (program_.header_.decisions_max > 2 * std::uint64_t{program_.actions.size()}) return false;
    if (program_.header_.waits_max > program_.waiting.size()) return false;
    for (std::uint32_t i = 0; i < program_.purposes.size(); ++i) {
      const PurposeRecord purpose = program_.purposes[i];
      if (!is_string(purpose.id) || !is_cap(purpose.cap)) return false;
    }
    for (std::uint32_t i = 0; i < program_.channels.size(); ++i) {
      const ChannelRecord channel = program_.channels[i];
      if (!is_string(channel.id) || channel.consent > program_.consents.size() || !is_cap(channel.cap)) return false;
    }
    for (std::uint32_t i = 0; i < program_.slots.size(); ++i) {
      if (!is_string(program_.slots[i].id)) return false;
    }
    for (std::uint32_t i = 0; i < program_.actions.size(); ++i) {
      const ActionRecord action = program_.actions[i];
      if (action.channel >= program_.channels.size() || action.slot > program_.slots.size() ||
          !is_string(action.content) || !is_optional_string(action.destination)) {
        return false;
      }
    }
    for (std::uint32_t i = 0; i < program_.triggers.size(); ++i) {
      const TriggerRecord trigger = program_.triggers[i];
      if (!is_string(trigger.id) || !is_optional_node(trigger.where) || !is_optional_node(trigger.arm_when) ||
          !is_optional_node(trigger.when) || trigger.purpose > program_.purposes.size() ||
          !is_optional_string(trigger.promise) || !is_cap(trigger.cap) || trigger.wait_ms < 0 ||
          trigger.wait_ms > kTimeMaxMs || trigger.served_within_ms < 0 || !is_range(trigger.actions, program_.actions.size())) {
        return false;
      }
    }
    return true;
  }

  bool check_dispatch() {
    for (std::uint32_t i = 0; i < program_.cancels.size(); ++i) {
      const CancelRecord cancel = program_.cancels[i];
      if (cancel.trigger >= program_.triggers.size() || !is_optional_node(cancel.where)) return false;
    }
    for (std::uint32_t i = 0; i < program_.buckets.size(); ++i) {
      if (!is_list(program_.buckets[i].triggers, program_.triggers.size())) return false;
    }
    for (std::uint32_t i = 0; i < program_.indexes.size(); ++i) {
      const IndexRecord index = program_.indexes[i];
      if (index.fact >= program_.facts.size() || !is_optional_path(index.path) ||
          !is_range(index.buckets, program_.buckets.size())) {
        return false;
      }
    }
    for (std::uint32_t i = 0; i < program_.waiting.size(); ++i) {
      if (program_.waiting[i] >= program_.triggers.size()) return false;
    }
    for (std::uint32_t i = 0; i < program_.triggers_by_key.size(); ++i) {
      if (program_.triggers_by_key[i] >= program_.triggers.size()) return false;
    }
    for (std::uint32_t i = 0; i < program_.events.size(); ++i) {
      const EventRecord event = program_.events[i];
      if (!is_string(event.name) || !is_list(event.behaviors, program_.behaviors.size()) ||
          !is_list(event.stage_rules, program_.stage_rules.size()) ||
          !is_list(event.cancels, program_.cancels.size()) || !is_list(event.arms, program_.triggers.size()) ||
          !is_list(event.triggers, program_.triggers.size()) || !is_range(event.indexes, program_.indexes.size()) ||
          event.indexes.end - event.indexes.begin > kIndexesPerEventMax) {
        return false;
      }
    }
    return true;
  }

  bool check_engine_facts() const {
    const Header& header = program_.header_;
    return is_optional_fact(header.decision_id_fact) && is_optional_fact(header.trigger_fact) &&
           is_optional_fact(header.purpose_fact) && is_optional_fact(header.channel_fact) &&
           is_optional_fact(header.consent_fact);
  }

  std::span<const std::uint8_t> bytes_;
  Program program_;
  std::uint32_t text_bytes_ = 0;
  std::uint32_t constant_bytes_ = 0;
};

LoadedProgram Program::load(std::span<const std::uint8_t> bytes) noexcept { return ProgramVerifier(bytes).verify(); }

}  // namespace desirepath
