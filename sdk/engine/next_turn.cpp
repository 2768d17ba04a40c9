#include "sdk/engine/next_turn.hpp"

#include "sdk/engine/ask.hpp"
#include "sdk/engine/behavior.hpp"
#include "sdk/engine/features.hpp"
#include "sdk/engine/limits.hpp"
#include "sdk/engine/number.hpp"
#include "sdk/engine/score.hpp"
#include "sdk/engine/session.hpp"
#include "sdk/engine/stage.hpp"

namespace desirepath {

using namespace format;

namespace {

std::int64_t earlier(std::int64_t a, std::int64_t b) noexcept {
  return a < b ? a : b;
}

// The numbers a leaf compares with: its constant, or those its list has. Texts count as the numbers they read
// as.
template <typename Visit>
void for_each_number(const Scope& scope, const NodeRecord& node, Visit visit) noexcept {
  const Op op = static_cast<Op>(node.op);
  if (op == Op::matches || op == Op::any_element || op == Op::size_is) return;
  const Value constant = Value::read(scope.program.constant(node.constant));
  const auto visit_number = [&](const Value& value) {
    const ParsedNumber number = as_number(value);
    if (number.ok) visit(number.value);
  };
  if (op == Op::is_boolean) return visit(0.0);
  if (!constant.is_array()) return visit_number(constant);
  ValueCursor items(constant);
  while (items.next()) visit_number(items.value());
}

// An age since `since_ms` compares otherwise with a number when it reaches it and when it passes it.
std::int64_t next_age_turn_ms(const Scope& scope, const NodeRecord& node, std::int64_t since_ms) noexcept {
  std::int64_t next_ms = State::kNever;
  for_each_number(scope, node, [&](double age) {
    if (!(age >= 0 && age <= static_cast<double>(kTimeMaxMs))) return;
    const std::int64_t reached_ms = since_ms + static_cast<std::int64_t>(age);
    for (const std::int64_t turn_ms : {reached_ms, reached_ms + 1}) {
      if (turn_ms > scope.time_ms) next_ms = earlier(next_ms, turn_ms);
    }
  });
  return next_ms;
}

std::int64_t next_score_turn_ms(const Scope& scope, const NodeRecord& node) noexcept {
  std::int64_t next_ms = State::kNever;
  for_each_number(scope, node, [&](double number) {
    next_ms = earlier(next_ms, next_drop_ms(scope.program, scope.state, node.index, number, scope.time_ms));
  });
  return next_ms;
}

std::int64_t next_model_turn_ms(const Scope& scope, std::uint32_t model) noexcept {
  const Range terms = scope.program.models()[model].terms;
  std::int64_t next_ms = State::kNever;
  for (std::uint32_t i = terms.begin; i < terms.end; ++i) {
    next_ms = earlier(next_ms, next_turn_ms(scope, scope.program.model_terms()[i].node));
  }
  return next_ms;
}

std::int64_t next_leaf_turn_ms(const Scope& scope, const NodeRecord& node) noexcept {
  const auto subject = static_cast<Subject>(node.subject);
  if (subject == Subject::behavior) {
    return next_change_ms(scope.program, scope.state, node.index, scope.time_ms);
  }
  if (subject == Subject::audience) {
    return next_turn_ms(scope, scope.program.audiences()[node.index].when);
  }
  if (subject == Subject::stage_age) {
    const CurrentStage current = current_stage(scope.program, scope.state);
    return current.known ? next_age_turn_ms(scope, node, current.since_ms) : State::kNever;
  }
  if (subject == Subject::session && node.index == static_cast<std::uint32_t>(SessionField::age)) {
    const Value age = session_value(scope.state, SessionField::age, scope.time_ms);
    return age.is_number()
               ? next_age_turn_ms(scope, node, scope.time_ms - static_cast<std::int64_t>(age.number()))
               : State::kNever;
  }
  if constexpr (builds(kFeatureScore)) {
    if (subject == Subject::score) return next_score_turn_ms(scope, node);
    if (subject == Subject::tier) {
      return next_tier_change_ms(scope.program, scope.state, node.index, scope.time_ms);
    }
  }
  if constexpr (builds(kFeatureAsk)) {
    if (subject == Subject::asked) {
      return next_asked_change_ms(scope.program, scope.state, node.index, scope.time_ms);
    }
  }
  if constexpr (builds(kFeatureModel)) {
    if (subject == Subject::propensity) return next_model_turn_ms(scope, node.index);
  }
  return State::kNever;
}

}  // namespace

std::int64_t next_turn_ms(const Scope& scope, std::uint32_t root) noexcept {
  std::int64_t next_ms = State::kNever;
  const std::uint32_t end = scope.program.nodes()[root].end;
  for (std::uint32_t i = root; i < end; ++i) {
    next_ms = earlier(next_ms, next_leaf_turn_ms(scope, scope.program.nodes()[i]));
  }
  return next_ms;
}

}  // namespace desirepath
