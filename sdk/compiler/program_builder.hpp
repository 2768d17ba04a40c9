// Collects the sections of a program, each thing once, and writes the bytes (sdk/engine/program_format.hpp).
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "sdk/engine/program_format.hpp"

namespace desirepath::compiler {

class ProgramBuilder {
 public:
  // Indexes of what is asked for; the same text, path or fact gives the same index.
  std::uint32_t string(std::string_view text);
  std::uint32_t constant(const std::vector<std::uint8_t>& tagged_value);
  format::Range list(const std::vector<std::uint32_t>& entries);
  // Index + 1 of the path with these keys; 0 for none.
  std::uint32_t path(const std::vector<std::string>& keys);
  std::uint32_t fact(format::Root root, std::string_view key);
  // Makes a fact one that the engine reads by itself.
  void engine_fact(format::EngineFact fact, format::Root root, std::string_view key);
  // `shown` is how the pattern is written. The sets of `code` count from the first of `ranges`.
  std::uint32_t pattern(const std::string& shown, const std::vector<format::PatternInstruction>& code,
                        const std::vector<format::PatternRange>& ranges);

  const std::vector<std::string>& strings() const { return strings_; }
  // Every text a reader of the program can see: the strings, those inside constants, and the patterns.
  std::vector<std::string> visible_texts() const;

  format::Header header{};
  std::vector<format::NodeRecord> nodes;
  std::vector<format::BehaviorRecord> behaviors;
  std::vector<format::AudienceRecord> audiences;
  std::vector<format::StageRecord> stages;
  std::vector<format::StageRuleRecord> stage_rules;
  std::vector<format::TraitRecord> traits;
  std::vector<format::ConsentRecord> consents;
  std::vector<format::PurposeRecord> purposes;
  std::vector<format::ChannelRecord> channels;
  std::vector<format::SlotRecord> slots;
  std::vector<format::TriggerRecord> triggers;
  std::vector<format::ActionRecord> actions;
  std::vector<format::CancelRecord> cancels;
  std::vector<format::EventRecord> events;
  std::vector<format::IndexRecord> indexes;
  std::vector<format::BucketRecord> buckets;
  std::vector<format::SequenceStepRecord> sequence_steps;
  std::vector<format::ScoreRecord> scores;
  std::vector<format::ScoreAddRecord> score_adds;
  std::vector<format::TierRecord> tiers;
  std::vector<format::ModelRecord> models;
  std::vector<format::ModelTermRecord> model_terms;
  std::vector<format::WatchRecord> watches;
  std::vector<format::ScheduleRecord> schedules;
  std::vector<format::PromiseRecord> promises;
  std::vector<format::SuppressionRecord> suppressions;
  std::vector<format::GroupRecord> groups;
  std::vector<format::AskRecord> asks;
  std::vector<format::ExperimentRecord> experiments;
  std::vector<format::FactorRecord> factors;
  std::vector<format::CellRecord> cells;
  std::vector<format::FormRecord> forms;
  std::vector<format::MigrationRecord> migrations;

  // Sorts what is looked up, renumbers the facts and writes everything. Call once.
  std::vector<std::uint8_t> finish();

 private:
  void sort_facts();
  void sort_events();

  std::vector<std::string> strings_;
  std::map<std::string, std::uint32_t, std::less<>> string_indexes_;
  std::vector<std::uint8_t> constants_;
  std::map<std::vector<std::uint8_t>, std::uint32_t> constant_offsets_;
  std::vector<std::uint32_t> lists_;
  std::vector<format::PathRecord> paths_;
  std::map<std::vector<std::string>, std::uint32_t> path_indexes_;
  std::vector<format::FactRecord> facts_;
  std::map<std::pair<format::Root, std::string>, std::uint32_t> fact_indexes_;
  std::vector<format::PatternRecord> patterns_;
  std::vector<format::PatternInstruction> pattern_code_;
  std::vector<format::PatternRange> pattern_ranges_;
  std::map<std::string, std::uint32_t> pattern_indexes_;
};

}  // namespace desirepath::compiler
