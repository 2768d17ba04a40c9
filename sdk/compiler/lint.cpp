#include "sdk/compiler/lint.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "sdk/compiler/contradiction.hpp"
#include "sdk/compiler/kpi_formula.hpp"
#include "sdk/compiler/missing_facts.hpp"
#include "sdk/compiler/stage_reach.hpp"

namespace desirepath::compiler {

namespace {

std::string named(std::string_view kind, const Name& id) {
  const bool begins_with_vowel = std::string_view("aeiou").find(kind.front()) != std::string_view::npos;
  return id.empty() ? (begins_with_vowel ? "an " : "a ") + std::string(kind)
                    : std::string(kind) + " '" + id.text + "'";
}

void lint_ownership(const StageSpec& stage, Diagnostics& diagnostics) {
  const std::string what = named("stage", stage.id);
  if (stage.owner.empty()) diagnostics.warning(stage.offset, what + " lacks 'owner'");
  if (stage.intent.empty()) diagnostics.warning(stage.offset, what + " lacks 'intent'");
  if (stage.kpis.empty()) diagnostics.warning(stage.offset, what + " lacks a KPI ('kpis')");
}

class KpiBook {
 public:
  KpiBook(const Journey& journey, Diagnostics& diagnostics) : diagnostics_(diagnostics) {
    for (const StageSpec& stage : journey.stages) stages_.push_back(stage.id.text);
  }

  void check(const KpiSpec& kpi) {
    if (kpi.formula.empty()) return;
    const FormulaReading reading = read_kpi_formula(kpi.formula.text, stages_);
    for (const FormulaProblem& problem : reading.problems) {
      diagnostics_.error_in_text(kpi.formula.offset, problem.index, problem.text);
    }
    const auto [known, is_new] = formulas_.emplace(kpi.id.text, Formula{kpi.formula.text, reading.formula});
    const bool is_same = known->second.text == kpi.formula.text ||
                         (reading.formula && known->second.meaning == reading.formula);
    if (is_new || is_same) return;
    diagnostics_.error(kpi.formula.offset, "KPI '" + kpi.id.text + "' has two formulas: '" +
                                               known->second.text + "' and '" + kpi.formula.text +
                                               "'; give one of them another id");
  }

 private:
  struct Formula {
    std::string text;
    std::optional<KpiFormula> meaning;
  };
  Diagnostics& diagnostics_;
  std::vector<std::string> stages_;
  std::map<std::string, Formula> formulas_;
};

void lint_reach(const Journey& journey, const StageReach& reach, const StageSet& reached,
                Diagnostics& diagnostics) {
  for (const StageSpec& stage : journey.stages) {
    if (reached.has(reach.number_of(stage))) continue;
    diagnostics.warning(stage.offset,
                        named("stage", stage.id) + " cannot be reached: " +
                            (stage.enter.empty() ? "it has no 'enter'"
                                                 : "no 'enter' of it holds in a stage that can be reached"));
  }
}

void lint_exits(const Journey& journey, const StageReach& reach, Diagnostics& diagnostics) {
  for (const StageSpec& stage : journey.stages) {
    for (const StageRuleSpec& rule : stage.exit) {
      if (reach.allowed(rule.when).has(reach.number_of(stage))) continue;
      diagnostics.warning(rule.when->offset, "this rule never leads out of " + named("stage", stage.id) +
                                                 ": its 'when' does not hold there");
    }
  }
}

void lint_expectations(const Journey& journey, const StageReach& reach, Diagnostics& diagnostics) {
  std::set<std::string> expected;
  for (const StageSpec& stage : journey.stages) {
    for (const Name& next : stage.expected_next) {
      expected.insert(next.text);
      const StageSpec* known = journey.stages.find(next.text);
      if (known == nullptr || known->enter.empty()) continue;
      if (reach.entered_from(*known).has(reach.number_of(stage))) continue;
      diagnostics.warning(next.offset, named("stage", stage.id) + " expects '" + next.text +
                                           "' next, but no 'enter' of '" + next.text + "' holds in '" +
                                           stage.id.text + "'");
    }
  }
  if (expected.empty()) return;
  for (const StageSpec& stage : journey.stages) {
    const bool is_first = &stage == &journey.stages[0] || reach.entered_from(stage) == reach.none();
    if (is_first || expected.count(stage.id.text) != 0 || stage.id.empty()) continue;
    diagnostics.warning(stage.id.offset, named("stage", stage.id) + " is in no 'expected_next' of another");
  }
}

void lint_contradiction(const std::string& what, const EventFilter& filter,
                        const std::vector<const JsonNode*>& documents, Diagnostics& diagnostics) {
  const auto found = find_contradiction(filter.event, documents);
  if (!found) return;
  diagnostics.warning(found->fact.offset, "'" + found->fact.text + "' cannot be " + found->first + " and " +
                                              found->second + " at once: " + what);
}

void lint_contradictions(const Journey& journey, Diagnostics& diagnostics) {
  for (const BehaviorSpec& spec : journey.behaviors) {
    lint_contradiction(named("behavior", spec.id) + " never changes", spec.filter, {spec.filter.where},
                       diagnostics);
  }
  for (const AudienceSpec& spec : journey.audiences) {
    lint_contradiction(named("audience", spec.id) + " has no members", {}, {spec.condition}, diagnostics);
  }
  for (const StageSpec& stage : journey.stages) {
    for (const StageRuleSpec& rule : stage.enter) {
      lint_contradiction("this rule never leads to " + named("stage", stage.id), rule.filter,
                         {rule.filter.where, rule.when}, diagnostics);
    }
    for (const StageRuleSpec& rule : stage.exit) {
      lint_contradiction("this rule never leads out of " + named("stage", stage.id), rule.filter,
                         {rule.filter.where, rule.when}, diagnostics);
    }
  }
  for (const TriggerSpec& spec : journey.triggers) {
    lint_contradiction(named("trigger", spec.id) + " can never fire", spec.filter,
                       {spec.filter.where, spec.when}, diagnostics);
  }
}

// The stages people can be in as the trigger is decided: a move's own, where it is decided with the move.
StageSet stages_at(const TriggerSpec& trigger, const StageReach& reach, StageSet reached) {
  if (trigger.wait_ms != 0 || !is_of_stage(trigger.occasion)) return reached;
  const std::size_t of = reach.number_of(trigger.occasion_of.text);
  if (trigger.occasion == OccasionKind::stage_leave) {
    reached.erase(of);
    return reached;
  }
  StageSet here = reach.no_stages();
  here.insert(of);
  return here;
}

void lint_firing(const TriggerSpec& trigger, const StageReach& reach, const StageSet& reached,
                 Diagnostics& diagnostics) {
  const Name& of = trigger.occasion_of;
  if (is_of_stage(trigger.occasion) && !reached.has(reach.number_of(of.text))) {
    diagnostics.warning(
        of.offset, named("trigger", trigger.id) + " can never fire: nobody reaches stage '" + of.text + "'");
    return;
  }
  if (trigger.when == nullptr) return;
  if (reach.allowed(trigger.when).meets(stages_at(trigger, reach, reached))) return;
  diagnostics.warning(trigger.when->offset, named("trigger", trigger.id) +
                                                " can never fire: its 'when' holds in no stage that people "
                                                "can be in then");
}

void lint_outcomes(const Journey& journey, Diagnostics& diagnostics) {
  for (const TriggerSpec& trigger : journey.triggers) {
    if (trigger.has_outcome) continue;
    diagnostics.warning(trigger.offset, named("trigger", trigger.id) +
                                            " lacks an 'outcome': nobody will know whether it helps");
  }
  for (const ExperimentSpec& experiment : journey.experiments) {
    if (!experiment.outcome.empty()) continue;
    diagnostics.warning(experiment.offset, named("experiment", experiment.id) +
                                               " lacks an 'outcome': nobody will know what it shows");
  }
}

bool names(const PromiseSpec* promise, const std::string& other) {
  return promise != nullptr && std::any_of(promise->contradicts.begin(), promise->contradicts.end(),
                                           [&](const Name& name) { return name.text == other; });
}

// Two promises of one purpose: contradictory where the journey says so, doubtful where it says nothing of
// either.
void lint_promise_pair(const Journey& journey, const Name& purpose, const Name& one, const Name& other,
                       Diagnostics& diagnostics) {
  const PromiseSpec* first = journey.promises.find(one.text);
  const PromiseSpec* second = journey.promises.find(other.text);
  const bool contradict = names(first, other.text) || names(second, one.text);
  if (!contradict && (first != nullptr || second != nullptr)) return;
  diagnostics.warning(
      other.offset,
      "purpose '" + purpose.text + "' promises both '" + one.text + "' and '" + other.text + "'" +
          (contradict ? ", which contradict each other" : "; say in 'promises' whether they contradict"));
}

void lint_promises(const Journey& journey, Diagnostics& diagnostics) {
  std::map<std::string, std::vector<Name>> promises_of;
  for (const TriggerSpec& trigger : journey.triggers) {
    if (trigger.purpose.empty() || trigger.promise.empty()) continue;
    std::vector<Name>& promises = promises_of[trigger.purpose.text];
    const bool is_known = std::any_of(promises.begin(), promises.end(),
                                      [&](const Name& known) { return known.text == trigger.promise.text; });
    if (is_known) continue;
    for (const Name& known : promises) {
      lint_promise_pair(journey, trigger.purpose, known, trigger.promise, diagnostics);
    }
    promises.push_back(trigger.promise);
  }
}

// What is declared and never used, with the name that is used and never declared: mostly one misspelt.
template <typename Spec>
void lint_unused(std::string_view kind, std::string_view use, const SpecList<Spec>& declared,
                 std::set<std::string> used, Diagnostics& diagnostics) {
  std::vector<Name> unused;
  for (const Spec& spec : declared) {
    if (used.erase(spec.id.text) == 0) unused.push_back(spec.id);
  }
  for (const Name& id : unused) {
    diagnostics.warning(
        id.offset, named(kind, id) + std::string(use) + did_you_mean(id.text, {used.begin(), used.end()}));
  }
}

void lint_declarations(const Journey& journey, Diagnostics& diagnostics) {
  std::set<std::string> purposes;
  std::set<std::string> promises;
  std::set<std::string> groups;
  std::set<std::string> channels;
  for (const TriggerSpec& trigger : journey.triggers) {
    purposes.insert(trigger.purpose.text);
    promises.insert(trigger.promise.text);
    groups.insert(trigger.group.text);
    for (const ActionSpec& action : trigger.actions) channels.insert(action.channel.text);
  }
  lint_unused("purpose", " is served by no trigger", journey.purposes, purposes, diagnostics);
  lint_unused("promise", " is made by no trigger", journey.promises, promises, diagnostics);
  lint_unused("group", " has no trigger", journey.groups, groups, diagnostics);
  lint_unused("channel", " is used by no trigger", journey.channels, channels, diagnostics);
}

}  // namespace

void lint_journey(const Journey& journey, Diagnostics& diagnostics) {
  const StageReach reach(journey);
  const StageSet reached = reach.reachable();
  KpiBook kpis(journey, diagnostics);
  for (const StageSpec& stage : journey.stages) {
    lint_ownership(stage, diagnostics);
    for (const KpiSpec& kpi : stage.kpis) kpis.check(kpi);
  }
  lint_reach(journey, reach, reached, diagnostics);
  lint_exits(journey, reach, diagnostics);
  lint_expectations(journey, reach, diagnostics);
  lint_contradictions(journey, diagnostics);
  for (const TriggerSpec& trigger : journey.triggers) lint_firing(trigger, reach, reached, diagnostics);
  lint_missing_facts(journey, reach, diagnostics);
  lint_outcomes(journey, diagnostics);
  lint_promises(journey, diagnostics);
  lint_declarations(journey, diagnostics);
}

}  // namespace desirepath::compiler
