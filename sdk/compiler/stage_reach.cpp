#include "sdk/compiler/stage_reach.hpp"

namespace desirepath::compiler {

namespace {

// Where a condition can hold. Exact where nothing but the stage decides, so that its negation is known too.
struct Answer {
  StageSet stages;
  bool is_exact = false;
};

class StageJudge {
 public:
  explicit StageJudge(const StageReach& stages) : stages_(stages) {}

  Answer document(const JsonNode& node) const {
    Answer answer{stages_.every(), true};
    for (const JsonMember& each : node.members) answer = both(std::move(answer), member(each));
    return answer;
  }

 private:
  Answer anything() const { return {stages_.every(), false}; }
  Answer nothing() const { return {stages_.no_stages(), true}; }

  static Answer both(Answer a, const Answer& b) {
    a.stages &= b.stages;
    a.is_exact = a.is_exact && b.is_exact;
    return a;
  }

  static Answer either(Answer a, const Answer& b) {
    a.stages |= b.stages;
    a.is_exact = a.is_exact && b.is_exact;
    return a;
  }

  Answer negated(const Answer& answer) const {
    return answer.is_exact ? Answer{~answer.stages, true} : anything();
  }

  Answer any_of(const JsonNode& documents) const {
    Answer answer = nothing();
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
    Answer answer{stages_.every(), true};
    for (const JsonNode& item : entry.value.items) answer = both(std::move(answer), document(item));
    return answer;
  }

  Answer test(const JsonNode& wanted) const {
    if (!wanted.is_object()) return equal(wanted);
    Answer answer{stages_.every(), true};
    for (const JsonMember& operation : wanted.members) {
      answer = both(std::move(answer), operator_test(operation));
    }
    return answer;
  }

  Answer operator_test(const JsonMember& operation) const {
    const JsonNode& value = operation.value;
    if (operation.key == "$eq") return equal(value);
    if (operation.key == "$ne") return negated(equal(value));
    if (operation.key == "$not") return negated(test(value));
    if (operation.key == "$exists" && value.is_boolean()) {
      const Answer none{stages_.none(), true};
      return value.boolean ? negated(none) : none;
    }
    if ((operation.key != "$in" && operation.key != "$nin") || !value.is_array()) return anything();
    Answer listed = nothing();
    for (const JsonNode& item : value.items) listed = either(std::move(listed), equal(item));
    return operation.key == "$in" ? listed : negated(listed);
  }

  Answer equal(const JsonNode& value) const {
    if (value.is_null()) return {stages_.none(), true};
    const std::size_t number = value.is_string() ? stages_.number_of(value.text) : kNoStage;
    if (number == kNoStage) return anything();
    Answer answer = nothing();
    answer.stages.insert(number);
    return answer;
  }

  const StageReach& stages_;
};

}  // namespace

StageSet StageReach::none() const {
  StageSet none = no_stages();
  none.insert(kNoStage);
  return none;
}

std::size_t StageReach::number_of(const StageSpec& stage) const {
  return static_cast<std::size_t>(&stage - &journey_.stages[0]) + 1;
}

std::size_t StageReach::number_of(std::string_view id) const {
  const StageSpec* stage = id.empty() ? nullptr : journey_.stages.find(id);
  return stage == nullptr ? kNoStage : number_of(*stage);
}

StageSet StageReach::allowed(const JsonNode* condition) const {
  return condition == nullptr ? every() : StageJudge(*this).document(*condition).stages;
}

StageSet StageReach::entered_from(const StageSpec& stage) const {
  StageSet from = no_stages();
  for (const StageRuleSpec& rule : stage.enter) from |= allowed(rule.when);
  return from;
}

StageSet StageReach::reachable() const {
  std::vector<StageSet> from;
  for (const StageSpec& stage : journey_.stages) from.push_back(entered_from(stage));
  StageSet reached = none();
  std::vector<std::size_t> fresh{kNoStage};
  const auto reach = [&](std::size_t number) {
    if (number == kNoStage || reached.has(number)) return;
    reached.insert(number);
    fresh.push_back(number);
  };
  for (const MigrationSpec& migration : journey_.migrations) reach(number_of(migration.to.text));
  while (!fresh.empty()) {
    const std::size_t here = fresh.back();
    fresh.pop_back();
    for (std::size_t i = 0; i < from.size(); ++i) {
      if (from[i].has(here)) reach(i + 1);
    }
  }
  return reached;
}

}  // namespace desirepath::compiler
