#include "sdk/compiler/program_builder.hpp"

#include <algorithm>
#include <functional>
#include <numeric>
#include <tuple>

#include "sdk/engine/bytes.hpp"
#include "sdk/engine/features.hpp"
#include "sdk/engine/value.hpp"

namespace desirepath::compiler {

using namespace format;

namespace {

constexpr std::string_view kRootWords[] = {"properties.", "context.", "traits.", "event."};

// Appends sections behind a header and a table that is filled in as they come.
class SectionWriter {
 public:
  SectionWriter() : bytes_(kHeadBytes) {}

  template <typename Record>
  void section(Section section, const std::vector<Record>& records) {
    while (bytes_.size() % 8 != 0) bytes_.push_back(0);
    const SectionEntry entry{static_cast<std::uint32_t>(bytes_.size()),
                             static_cast<std::uint32_t>(records.size())};
    store(&bytes_[kTableAt + static_cast<std::size_t>(section) * sizeof(SectionEntry)], entry);
    const auto* first = reinterpret_cast<const std::uint8_t*>(records.data());
    bytes_.insert(bytes_.end(), first, first + records.size() * sizeof(Record));
  }

  std::vector<std::uint8_t> finish(Header header) {
    header.length = static_cast<std::uint32_t>(bytes_.size());
    store(bytes_.data(), header);
    return std::move(bytes_);
  }

 private:
  std::vector<std::uint8_t> bytes_;
};

}  // namespace

std::uint32_t ProgramBuilder::string(std::string_view text) {
  const auto known = string_indexes_.find(text);
  if (known != string_indexes_.end()) return known->second;
  const auto index = static_cast<std::uint32_t>(strings_.size());
  strings_.emplace_back(text);
  string_indexes_.emplace(text, index);
  return index;
}

std::uint32_t ProgramBuilder::constant(const std::vector<std::uint8_t>& tagged_value) {
  const auto [known, is_new] =
      constant_offsets_.emplace(tagged_value, static_cast<std::uint32_t>(constants_.size()));
  if (is_new) constants_.insert(constants_.end(), tagged_value.begin(), tagged_value.end());
  return known->second;
}

Range ProgramBuilder::list(const std::vector<std::uint32_t>& entries) {
  const auto begin = static_cast<std::uint32_t>(lists_.size());
  lists_.insert(lists_.end(), entries.begin(), entries.end());
  return {begin, static_cast<std::uint32_t>(lists_.size())};
}

std::uint32_t ProgramBuilder::path(const std::vector<std::string>& keys) {
  if (keys.empty()) return 0;
  const auto known = path_indexes_.find(keys);
  if (known != path_indexes_.end()) return known->second + 1;
  std::vector<std::uint32_t> key_strings;
  for (const std::string& key : keys) key_strings.push_back(string(key));
  paths_.push_back({list(key_strings)});
  path_indexes_.emplace(keys, static_cast<std::uint32_t>(paths_.size() - 1));
  return static_cast<std::uint32_t>(paths_.size());
}

std::uint32_t ProgramBuilder::fact(Root root, std::string_view key) {
  const auto [known, is_new] =
      fact_indexes_.emplace(std::pair(root, std::string(key)), static_cast<std::uint32_t>(facts_.size()));
  if (is_new) {
    std::string path(kRootWords[static_cast<std::size_t>(root)]);
    path += key;
    facts_.push_back({static_cast<std::uint32_t>(root), fnv1a(key), string(key), string(path)});
  }
  return known->second;
}

void ProgramBuilder::engine_fact(EngineFact fact, Root root, std::string_view key) {
  header.facts[static_cast<std::size_t>(fact)] = this->fact(root, key) + 1;
}

std::uint32_t ProgramBuilder::pattern(const std::string& shown, const std::vector<PatternInstruction>& code,
                                      const std::vector<PatternRange>& ranges) {
  const auto [known, is_new] = pattern_indexes_.emplace(shown, static_cast<std::uint32_t>(patterns_.size()));
  if (is_new) {
    const auto begin = static_cast<std::uint32_t>(pattern_code_.size());
    for (PatternInstruction instruction : code) {
      if (instruction.op == static_cast<std::uint8_t>(PatternOp::set)) {
        instruction.operand += static_cast<std::uint32_t>(pattern_ranges_.size());
      }
      pattern_code_.push_back(instruction);
    }
    pattern_ranges_.insert(pattern_ranges_.end(), ranges.begin(), ranges.end());
    patterns_.push_back({{begin, static_cast<std::uint32_t>(pattern_code_.size())}});
  }
  return known->second;
}

void ProgramBuilder::sort_facts() {
  std::vector<std::uint32_t> order(facts_.size());
  std::iota(order.begin(), order.end(), 0u);
  std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
    return std::tie(facts_[a].root, facts_[a].key_hash, strings_[facts_[a].key]) <
           std::tie(facts_[b].root, facts_[b].key_hash, strings_[facts_[b].key]);
  });
  std::vector<FactRecord> sorted;
  std::vector<std::uint32_t> place(facts_.size());
  for (const std::uint32_t index : order) {
    place[index] = static_cast<std::uint32_t>(sorted.size());
    sorted.push_back(facts_[index]);
  }
  facts_ = std::move(sorted);

  const auto move = [&](std::uint32_t& index) { index = place[index]; };
  const auto move_optional = [&](std::uint32_t& plus_one) {
    if (plus_one != 0) plus_one = place[plus_one - 1] + 1;
  };
  for (NodeRecord& node : nodes) {
    if (node.subject == static_cast<std::uint8_t>(Subject::fact)) move(node.index);
  }
  for (BehaviorRecord& behavior : behaviors) move_optional(behavior.fact);
  for (ScoreAddRecord& add : score_adds) move_optional(add.fact);
  for (TraitRecord& trait : traits) move(trait.fact);
  for (IndexRecord& index : indexes) move(index.fact);
  for (ExperimentRecord& experiment : experiments) move(experiment.unit_fact);
  for (std::uint32_t& fact : header.facts) move_optional(fact);
}

void ProgramBuilder::sort_events() {
  std::sort(events.begin(), events.end(), [&](const EventRecord& a, const EventRecord& b) {
    return std::tie(a.name_hash, strings_[a.name]) < std::tie(b.name_hash, strings_[b.name]);
  });
}

std::vector<std::string> ProgramBuilder::visible_texts() const {
  std::vector<std::string> texts = strings_;
  const std::function<void(const Value&)> visit = [&](const Value& value) {
    if (value.is_string()) texts.emplace_back(value.text());
    ValueCursor items(value);
    while (items.next()) {
      if (!items.key().empty()) texts.emplace_back(items.key());
      visit(items.value());
    }
  };
  for (const auto& [tagged_value, offset] : constant_offsets_) visit(Value::read(tagged_value.data()));
  for (const auto& [shown, index] : pattern_indexes_) texts.push_back(shown);
  return texts;
}

std::vector<std::uint8_t> ProgramBuilder::finish() {
  sort_facts();
  sort_events();

  std::vector<std::uint32_t> by_key(triggers.size());
  std::iota(by_key.begin(), by_key.end(), 0u);
  std::sort(by_key.begin(), by_key.end(),
            [&](std::uint32_t a, std::uint32_t b) { return triggers[a].key < triggers[b].key; });

  std::vector<std::uint8_t> text;
  std::vector<StringRecord> string_records;
  for (const std::string& string : strings_) {
    string_records.push_back({static_cast<std::uint32_t>(text.size())});
    text.resize(text.size() + 4);
    store(text.data() + text.size() - 4, static_cast<std::uint32_t>(string.size()));
    text.insert(text.end(), string.begin(), string.end());
  }

  SectionWriter writer;
  writer.section(Section::text, text);
  writer.section(Section::strings, string_records);
  writer.section(Section::constants, constants_);
  writer.section(Section::lists, lists_);
  writer.section(Section::paths, paths_);
  writer.section(Section::facts, facts_);
  writer.section(Section::nodes, nodes);
  writer.section(Section::behaviors, behaviors);
  writer.section(Section::audiences, audiences);
  writer.section(Section::stages, stages);
  writer.section(Section::stage_rules, stage_rules);
  writer.section(Section::traits, traits);
  writer.section(Section::consents, consents);
  writer.section(Section::purposes, purposes);
  writer.section(Section::channels, channels);
  writer.section(Section::slots, slots);
  writer.section(Section::triggers, triggers);
  writer.section(Section::actions, actions);
  writer.section(Section::cancels, cancels);
  writer.section(Section::events, events);
  writer.section(Section::indexes, indexes);
  writer.section(Section::buckets, buckets);
  writer.section(Section::triggers_by_key, by_key);
  writer.section(Section::promises, promises);
  writer.section(Section::suppressions, suppressions);
  writer.section(Section::groups, groups);
  writer.section(Section::watches, watches);
  writer.section(Section::schedules, schedules);
  writer.section(Section::experiments, experiments);
  writer.section(Section::factors, factors);
  writer.section(Section::cells, cells);
  writer.section(Section::forms, forms);
  writer.section(Section::patterns, patterns_);
  writer.section(Section::pattern_code, pattern_code_);
  writer.section(Section::pattern_ranges, pattern_ranges_);
  writer.section(Section::migrations, migrations);
  writer.section(Section::sequence_steps, sequence_steps);
  writer.section(Section::scores, scores);
  writer.section(Section::score_adds, score_adds);
  writer.section(Section::tiers, tiers);
  writer.section(Section::models, models);
  writer.section(Section::model_terms, model_terms);
  writer.section(Section::asks, asks);

  header.magic = kMagic;
  header.version = kVersion;
  header.section_count = kSectionCount;
  header.features |= kFeatureCore;
  return writer.finish(header);
}

}  // namespace desirepath::compiler
