// One program in the making: the journey, the builder, and the place each definition gets when it is first
// asked for. What emits the single concepts (emitters.hpp) shares it.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "sdk/compiler/compared_constants.hpp"
#include "sdk/compiler/condition_compiler.hpp"
#include "sdk/compiler/dispatch_builder.hpp"
#include "sdk/compiler/journey.hpp"
#include "sdk/compiler/program_builder.hpp"
#include "sdk/compiler/program_emitter.hpp"

namespace desirepath::compiler {

// Definitions of one kind by id, in the order in which they were first asked for: that is their index.
template <typename Spec>
class AskedFor {
 public:
  std::uint32_t index_of(const Spec& spec) {
    const auto [known, is_new] = indexes_.emplace(spec.id.text, static_cast<std::uint32_t>(order_.size()));
    if (is_new) order_.push_back(&spec);
    return known->second;
  }
  const std::vector<const Spec*>& in_order() const { return order_; }
  std::vector<std::string> names() const {
    std::vector<std::string> ids;
    for (const Spec* spec : order_) ids.push_back(spec->id.text);
    return ids;
  }

 private:
  std::map<std::string, std::uint32_t, std::less<>> indexes_;
  std::vector<const Spec*> order_;
};

// Everything it is given must outlive it. Unknown names become diagnostics at their place.
class Emission {
 public:
  Emission(const Journey& the_journey, const JsonNode& the_root, std::string_view the_text, Target the_target,
           Diagnostics& the_diagnostics);
  Emission(const Emission&) = delete;
  Emission& operator=(const Emission&) = delete;

  bool for_device() const { return target == Target::device; }
  // Marks what a build of the engine must be able to do (engine/features.hpp).
  void needs(std::uint32_t feature) { builder.header.features |= feature; }

  // Indexes in the program; -1, after a diagnostic, for what the journey does not have.
  std::int64_t behavior(const Name& id);
  std::int64_t audience(const Name& id);
  std::int64_t ask(const Name& field);
  // The watch of an audience that a trigger waits for; -1 for what the reader has complained about.
  std::int64_t watch(const Name& id);
  std::int64_t score(const Name& id);
  std::int64_t model(const Name& id);
  std::uint32_t trait(std::string_view name);
  std::uint32_t consent(std::string_view category);
  std::uint32_t purpose(const Name& id);
  std::uint32_t promise(const Name& id);
  std::uint32_t group(const Name& id);
  std::uint32_t channel(const Name& id);
  std::uint32_t slot(const Name& id);
  // The id the program knows a stage by.
  std::string stage_id(const Name& id);
  // The text the program knows an intent by.
  std::string intent_text(const Name& intent);
  // The name the program knows a tier of a score by.
  std::string tier_name(std::uint32_t score, const Name& name);
  std::uint32_t shown_tier(const ScoreSpec& score, const std::string& name);

  // A fact of the event, as `what` ("a behavior") reads it; both 0 after a diagnostic.
  struct EventFact {
    std::uint32_t fact = 0;  // +1
    std::uint32_t path = 0;  // +1
  };
  EventFact event_fact(const Name& fact, const std::string& what);

  // The string of an id as the program shows it: in a device program its hash, unless it is public.
  std::uint32_t shown_id(std::string_view kind, const std::string& id, bool is_public);
  // Names meet in states and effects as 32-bit hashes; two that meet in one hash cannot live in one journey.
  std::uint32_t unique_key(std::string_view kind, const Name& id);
  format::Cap cap(std::string_view kind, const Name& id, const CapSpec& spec) const;

  const Journey& journey;
  const std::string_view text;
  const Target target;
  Diagnostics& diagnostics;
  const ComparedConstants compared;
  ProgramBuilder builder;
  DispatchBuilder dispatch;
  AskedFor<BehaviorSpec> behaviors;
  AskedFor<AudienceSpec> audiences;
  AskedFor<AudienceSpec> watched;
  AskedFor<ScoreSpec> scores;
  AskedFor<ModelSpec> models;
  AskedFor<ExperimentSpec> experiments;
  std::vector<const TriggerSpec*> triggers;  // by index
  const std::vector<const AskSpec*> asks;    // by index: priority, then as declared
  bool in_audience = false;                  // an audience's condition is being compiled
  bool in_model = false;                     // a model's terms are

 private:
  // Complains of the `number`th definition of a kind where there is room for `limit`.
  void check_count(std::string_view kind, const Name& id, std::size_t number, std::size_t limit);

  ConditionNames names_;
  std::map<std::pair<std::string, std::uint32_t>, std::string> keys_;
  std::map<std::string, std::uint32_t, std::less<>> trait_indexes_;
  std::map<std::string, std::uint32_t, std::less<>> consent_indexes_;
  std::map<std::string, std::uint32_t, std::less<>> purpose_indexes_;
  std::map<std::string, std::uint32_t, std::less<>> promise_indexes_;
  std::map<const AskSpec*, std::int64_t> ask_indexes_;
  std::map<std::string, std::uint32_t, std::less<>> group_indexes_;
  std::map<std::string, std::uint32_t, std::less<>> channel_indexes_;
  std::map<std::string, std::uint32_t, std::less<>> slot_indexes_;

 public:
  ConditionCompiler conditions;
};

}  // namespace desirepath::compiler
