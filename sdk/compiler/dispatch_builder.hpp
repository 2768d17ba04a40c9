// The dispatch index: from an event's name, and the texts its triggers demand, to what the event can touch;
// from every other occasion to its triggers.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "sdk/compiler/condition_compiler.hpp"
#include "sdk/compiler/facts_read.hpp"
#include "sdk/compiler/program_builder.hpp"

namespace desirepath::compiler {

class DispatchBuilder {
 public:
  void add_behavior(const std::string& event, std::uint32_t behavior) {
    events_[event].behaviors.push_back(behavior);
  }
  void add_evidence(const std::string& event, std::uint32_t stage) {
    events_[event].evidence.push_back(stage);
  }
  void add_score_add(const std::string& event, std::uint32_t add) {
    events_[event].score_adds.push_back(add);
  }
  // In the order of declaration.
  void add_stage_rule(const std::string& event, format::StageRuleKind kind, std::uint32_t rule) {
    Entry& entry = events_[event];
    (kind == format::StageRuleKind::enter ? entry.enters : entry.exits).push_back(rule);
  }
  void add_cancel(const std::string& event, std::uint32_t cancel) {
    events_[event].cancels.push_back(cancel);
  }
  void add_arm(const std::string& event, std::uint32_t trigger) { events_[event].arms.push_back(trigger); }
  void add_trigger(const std::string& event, std::uint32_t trigger, std::vector<TextDemand> demands) {
    events_[event].triggers.push_back({trigger, std::move(demands)});
  }

  // A trigger whose occasion is no event: `of` is the index of the stage or of the watch.
  void add_occasion(OccasionKind kind, std::uint32_t of, std::uint32_t trigger) {
    occasions_[{kind, of}].push_back(trigger);
  }

  // A watch or a schedule, to be looked at after each event that can change what it reads.
  void add_watch(std::uint32_t watch, const FactsRead& reads) { add_reader(&Entry::watches, watch, reads); }
  void add_schedule(std::uint32_t schedule, const FactsRead& reads) {
    add_reader(&Entry::schedules, schedule, reads);
  }

  // Writes events, indexes and buckets, and the lists of stages and watches; the triggers' ranks must be set.
  // Also sets Header::decisions_max and anchors_max.
  void write(ProgramBuilder& builder);

 private:
  struct Candidate {
    std::uint32_t trigger;
    std::vector<TextDemand> demands;
  };
  struct Entry {
    std::vector<std::uint32_t> behaviors;
    std::vector<std::uint32_t> score_adds;
    std::vector<std::uint32_t> evidence;
    std::vector<std::uint32_t> enters;
    std::vector<std::uint32_t> exits;
    std::vector<std::uint32_t> cancels;
    std::vector<std::uint32_t> arms;
    std::vector<Candidate> triggers;
    std::vector<std::uint32_t> watches;
    std::vector<std::uint32_t> schedules;
  };
  struct Reader {
    std::vector<std::uint32_t> Entry::*list;
    std::uint32_t index;
    FactsRead reads;
  };
  using IndexedFact = std::pair<std::uint32_t, std::uint32_t>;  // fact, path

  static std::vector<IndexedFact> choose_indexes(const std::vector<Candidate>& candidates);
  static void write_triggers(ProgramBuilder& builder, const Entry& entry, format::EventRecord& record);

  void add_reader(std::vector<std::uint32_t> Entry::*list, std::uint32_t index, const FactsRead& reads);
  static bool can_change(const ProgramBuilder& builder, const std::string& event, const Entry& entry,
                         const FactsRead& reads);
  void write_readers(const ProgramBuilder& builder);
  void write_occasions(ProgramBuilder& builder) const;
  void write_bounds(ProgramBuilder& builder) const;
  std::uint32_t actions_of(const ProgramBuilder& builder, OccasionKind kind, std::uint32_t of) const;

  std::map<std::string, Entry> events_;
  std::vector<Reader> readers_;
  std::map<std::pair<OccasionKind, std::uint32_t>, std::vector<std::uint32_t>> occasions_;
};

}  // namespace desirepath::compiler
