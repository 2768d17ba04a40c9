#include "sdk/compiler/stage_reach.hpp"

#include <algorithm>
#include <iterator>

namespace desirepath::compiler {

namespace {

// Where a condition can hold. Exact where nothing but the stage decides, so that its negation is known too.
struct Answer {
  StageSet stages;
  bool is_exact = false;
};

class StageJudge {
 public:
  explicit StageJudge(const StageSet& every) : every_(every) {}

  Answer document(const JsonNode& node) const {
    Answer answer{every_, true};
    for (const JsonMember& each : node.members) answer = both(answer, member(each));
    return answer;
  }

 private:
  Answer anything() const { return {every_, false}; }

  static Answer both(const Answer& a, const Answer& b) {
    Answer answer{{}, a.is_exact && b.is_exact};
    std::set_intersection(a.stages.begin(), a.stages.end(), b.stages.begin(), b.stages.end(),
                          std::inserter(answer.stages, answer.stages.end()));
    return answer;
  }

  static Answer either(Answer a, const Answer& b) {
    a.stages.insert(b.stages.begin(), b.stages.end());
    a.is_exact = a.is_exact && b.is_exact;
    return a;
  }

  Answer negated(const Answer& answer) const {
    if (!answer.is_exact) return anything();
    Answer rest{{}, true};
    std::set_difference(every_.begin(), every_.end(), answer.stages.begin(), answer.stages.end(),
                        std::inserter(rest.stages, rest.stages.end()));
    return rest;
  }

  Answer any_of(const JsonNode& documents) const {
    Answer answer{{}, true};
    for (const JsonNode& item : documents.items) answer = either(std::move(answer), document(item));
    return answer;
  }

  Answer member(const JsonMember& entry) const {
    if (entry.key == "stage") return test(entry.value);
    if (entry.key == "$not" && entry.value.is_object()) return negated(document(entry.value));
    if (!entry.value.is_array() || entry.value.items.empty()) return anything();
    if (entry.key == "$or") return any_of(entry.value);
    if (entry.key == "$nor") return negated(any_of(entry.value));
    if (entry.key != "$and") return anything();
    Answer answer{every_, true};
    for (const JsonNode& item : entry.value.items) answer = both(answer, document(item));
    return answer;
  }

  Answer test(const JsonNode& wanted) const {
    if (!wanted.is_object()) return equal(wanted);
    Answer answer{every_, true};
    for (const JsonMember& operation : wanted.members) answer = both(answer, operator_test(operation));
    return answer;
  }

  Answer operator_test(const JsonMember& operation) const {
    const JsonNode& value = operation.value;
    if (operation.key == "$eq") return equal(value);
    if (operation.key == "$ne") return negated(equal(value));
    if (operation.key == "$not") return negated(test(value));
    if (operation.key == "$exists" && value.is_boolean()) {
      const Answer none{{kNoStage}, true};
      return value.boolean ? negated(none) : none;
    }
    if ((operation.key != "$in" && operation.key != "$nin") || !value.is_array()) return anything();
    Answer listed{{}, true};
    for (const JsonNode& item : value.items) listed = either(std::move(listed), equal(item));
    return operation.key == "$in" ? listed : negated(listed);
  }

  Answer equal(const JsonNode& value) const {
    if (value.is_null()) return {{kNoStage}, true};
    if (!value.is_string() || value.text.empty() || every_.count(value.text) == 0) return anything();
    return {{value.text}, true};
  }

  const StageSet& every_;
};

}  // namespace

StageSet every_stage(const Journey& journey) {
  StageSet every{kNoStage};
  for (const StageSpec& stage : journey.stages) every.insert(stage.id.text);
  return every;
}

StageSet stages_allowed(const JsonNode* condition, const StageSet& every) {
  return condition == nullptr ? every : StageJudge(every).document(*condition).stages;
}

StageSet reachable_stages(const Journey& journey) {
  const StageSet every = every_stage(journey);
  StageSet reached{kNoStage};
  for (const MigrationSpec& migration : journey.migrations) reached.insert(migration.to.text);
  bool found = true;
  while (found) {
    found = false;
    for (const StageSpec& stage : journey.stages) {
      if (reached.count(stage.id.text) != 0) continue;
      const bool is_entered =
          std::any_of(stage.enter.begin(), stage.enter.end(), [&](const StageRuleSpec& rule) {
            const StageSet from = stages_allowed(rule.when, every);
            return std::any_of(reached.begin(), reached.end(),
                               [&](const std::string& id) { return from.count(id) != 0; });
          });
      if (!is_entered) continue;
      reached.insert(stage.id.text);
      found = true;
    }
  }
  return reached;
}

}  // namespace desirepath::compiler
