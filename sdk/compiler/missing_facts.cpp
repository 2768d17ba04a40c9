#include "sdk/compiler/missing_facts.hpp"

#include <algorithm>
#include <optional>
#include <set>

#include "sdk/compiler/duration.hpp"

namespace desirepath::compiler {

namespace {

constexpr std::string_view kStageAge = "stage_age";
constexpr std::string_view kTrait = "traits.";
constexpr std::string_view kBehavior = "behaviors.";
constexpr std::string_view kKnown = "known.";

bool begins(std::string_view text, std::string_view with) {
  return text.substr(0, with.size()) == with;
}

enum class IfMissing { fails, holds, holds_by_order };

IfMissing holds_if(bool holds) {
  return holds ? IfMissing::holds : IfMissing::fails;
}

IfMissing by_order(bool holds) {
  return holds ? IfMissing::holds_by_order : IfMissing::fails;
}

// The number that `$lt` and the like compare with, as far as it is one.
std::optional<double> limit_of(std::string_view fact, const JsonNode& value) {
  if (value.is_number()) return value.number;
  if (fact != kStageAge || !value.is_string()) return std::nullopt;
  const std::optional<std::int64_t> length = parse_duration(value.text);
  return length ? std::optional(static_cast<double>(*length)) : std::nullopt;
}

// What one operator answers where its fact is missing; of those that are never of interest, that it fails.
IfMissing operator_if_missing(std::string_view fact, const JsonMember& operation) {
  const std::string& op = operation.key;
  const JsonNode& value = operation.value;
  const std::optional<double> limit = limit_of(fact, value);
  if (op == "$lt") return by_order(limit && 0 < *limit);
  if (op == "$lte") return by_order(limit && 0 <= *limit);
  if (op == "$gt") return by_order(limit && 0 > *limit);
  if (op == "$gte") return by_order(limit && 0 >= *limit);
  if (op == "$vlt" || op == "$vlte") return by_order(value.is_string() || value.is_number());
  if (op == "$exists") return holds_if(value.is_boolean() && !value.boolean);
  if (op == "$eq") return holds_if(value.is_null());
  if (op == "$ne") return holds_if(!value.is_null());
  const bool lists_null = std::any_of(value.items.begin(), value.items.end(),
                                      [](const JsonNode& item) { return item.is_null(); });
  if (op == "$in") return holds_if(lists_null);
  if (op == "$nin") return holds_if(!lists_null);
  return IfMissing::fails;
}

IfMissing holds_if_missing(const JsonMember& member) {
  const JsonNode& test = member.value;
  if (!test.is_object()) return holds_if(test.is_null() || (test.is_number() && test.number == 0));
  IfMissing all = test.members.empty() ? IfMissing::fails : IfMissing::holds;
  for (const JsonMember& operation : test.members) {
    const IfMissing one = operator_if_missing(member.key, operation);
    if (one == IfMissing::fails) return one;
    if (one == IfMissing::holds_by_order) all = one;
  }
  return all;
}

// Facts of which it is clear what happens where they are missing.
using Settled = std::set<std::string, std::less<>>;

class MissingFacts {
 public:
  MissingFacts(const Journey& journey, const StageReach& reach, Diagnostics& diagnostics)
      : journey_(journey), reach_(reach), diagnostics_(diagnostics) {}

  void look_at(const JsonNode* condition, bool is_in_stage = false) {
    if (condition == nullptr) return;
    Settled settled;
    if (is_in_stage) settled.emplace(kStageAge);
    document(*condition, settled);
  }

 private:
  void document(const JsonNode& node, Settled settled) {
    settle_demanded(node, settled);
    if (!reach_.allowed(&node).has(kNoStage)) settled.emplace(kStageAge);
    conjunction(node, settled);
  }

  void conjunction(const JsonNode& node, const Settled& settled) {
    for (const JsonMember& member : node.members) {
      if (member.key == "$and") {
        for (const JsonNode& item : member.value.items) conjunction(item, settled);
      } else if (member.key == "$or") {
        alternatives(member.value, settled);
      } else if (!begins(member.key, "$") && settled.count(member.key) == 0 && can_be_missing(member.key) &&
                 holds_if_missing(member) == IfMissing::holds_by_order) {
        warn(member);
      }
    }
  }

  void alternatives(const JsonNode& documents, Settled settled) {
    for (const JsonNode& each : documents.items) {
      for (const JsonMember& member : each.members) {
        if (holds_if_missing(member) != IfMissing::holds) continue;
        settled.insert(member.key == "stage" ? std::string(kStageAge) : member.key);
      }
    }
    for (const JsonNode& each : documents.items) document(each, settled);
  }

  void settle_demanded(const JsonNode& node, Settled& settled) const {
    for (const JsonMember& member : node.members) {
      if (member.key == "$and") {
        for (const JsonNode& item : member.value.items) settle_demanded(item, settled);
      } else if (begins(member.key, kKnown) && member.value.is_boolean()) {
        settled.insert(std::string(kTrait) + trait_of(member.key.substr(kKnown.size())));
      } else if (holds_if_missing(member) == IfMissing::fails) {
        settled.insert(member.key);
      }
    }
  }

  std::string trait_of(const std::string& field) const {
    const AskSpec* ask = journey_.asks.find(field);
    return ask == nullptr ? field : ask->trait.text;
  }

  bool can_be_missing(std::string_view fact) const {
    if (fact == kStageAge || begins(fact, kTrait)) return true;
    const BehaviorSpec* behavior =
        begins(fact, kBehavior) ? journey_.behaviors.find(fact.substr(kBehavior.size())) : nullptr;
    if (behavior == nullptr) return false;
    using enum format::BehaviorKind;
    switch (behavior->kind) {
      case min:
      case max:
      case first:
      case last: return true;
      default: return false;
    }
  }

  void warn(const JsonMember& member) {
    diagnostics_.warning(
        member.offset,
        member.key == kStageAge
            ? "'stage_age' counts as 0 in no stage, so this holds there too; demand a 'stage' beside it, or "
              "say with \"$or\" and \"stage\": null that it is meant"
            : "'" + member.key +
                  "' counts as 0 where it is missing, so this holds there too; add "
                  "\"$exists\": true, or say with \"$or\" and \"" +
                  member.key + "\": null that it is meant");
  }

  const Journey& journey_;
  const StageReach& reach_;
  Diagnostics& diagnostics_;
};

}  // namespace

void lint_missing_facts(const Journey& journey, const StageReach& reach, Diagnostics& diagnostics) {
  MissingFacts facts(journey, reach, diagnostics);
  for (const AudienceSpec& audience : journey.audiences) facts.look_at(audience.condition);
  for (const ModelSpec& model : journey.models) {
    for (const ModelTermSpec& term : model.terms) facts.look_at(term.when);
  }
  for (const StageSpec& stage : journey.stages) {
    for (const StageRuleSpec& rule : stage.enter) facts.look_at(rule.when);
    for (const StageRuleSpec& rule : stage.exit) facts.look_at(rule.when, true);
  }
  for (const AskSpec& ask : journey.asks) facts.look_at(ask.when);
  for (const SuppressionSpec& suppression : journey.suppressions) facts.look_at(suppression.when);
  for (const TriggerSpec& trigger : journey.triggers) {
    const bool is_in_stage = trigger.wait_ms == 0 && (trigger.occasion == OccasionKind::stage_enter ||
                                                      trigger.occasion == OccasionKind::stage_stuck);
    facts.look_at(trigger.when, is_in_stage);
  }
}

}  // namespace desirepath::compiler
