// The dispatch index: from an event's name, and the texts its triggers demand, to what the event can touch;
// from every other occasion to its triggers.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "sdk/compiler/condition_compiler.hpp"
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

  // A trigger whose occasion is no event: `of` is the index of the stage.
  void add_occasion(OccasionKind kind, std::uint32_t of, std::uint32_t trigger) {
    occasions_[{kind, of}].push_back(trigger);
  }

  // Writes events, indexes and buckets, and the lists of stages; the triggers' ranks must be set. Also sets
  // Header::decisions_max and anchors_max.
  void write(ProgramBuilder& builder) const;

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
  };
  using IndexedFact = std::pair<std::uint32_t, std::uint32_t>;  // fact, path

  static std::vector<IndexedFact> choose_indexes(const std::vector<Candidate>& candidates);
  static void write_triggers(ProgramBuilder& builder, const Entry& entry, format::EventRecord& record);

  void write_stages(ProgramBuilder& builder) const;
  void write_bounds(ProgramBuilder& builder) const;
  std::uint32_t actions_of(const ProgramBuilder& builder, OccasionKind kind, std::uint32_t of) const;

  std::map<std::string, Entry> events_;
  std::map<std::pair<OccasionKind, std::uint32_t>, std::vector<std::uint32_t>> occasions_;
};

}  // namespace desirepath::compiler
