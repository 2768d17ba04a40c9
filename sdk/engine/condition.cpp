#include "sdk/engine/condition.hpp"

#include "sdk/engine/ask.hpp"
#include "sdk/engine/behavior.hpp"
#include "sdk/engine/consent.hpp"
#include "sdk/engine/context.hpp"
#include "sdk/engine/features.hpp"
#include "sdk/engine/intent.hpp"
#include "sdk/engine/model.hpp"
#include "sdk/engine/number.hpp"
#include "sdk/engine/pattern.hpp"
#include "sdk/engine/person_clock.hpp"
#include "sdk/engine/score.hpp"
#include "sdk/engine/session.hpp"
#include "sdk/engine/stage.hpp"
#include "sdk/engine/trait.hpp"
#include "sdk/engine/version.hpp"

namespace desirepath {

using namespace format;

namespace {

Value walk(const Program& program, Value value, std::uint32_t path_plus_one) noexcept {
  if (path_plus_one == 0) return value;
  const Range keys = program.paths()[path_plus_one - 1].keys;
  for (std::uint32_t i = keys.begin; i < keys.end && !value.is_missing(); ++i) {
    value = value.at(program.string(program.list(i)));
  }
  return value;
}

Value stage_value(const Scope& scope) noexcept {
  const CurrentStage current = current_stage(scope.program, scope.state);
  return current.known ? Value::of(scope.program.string(scope.program.stages()[current.stage].id)) : Value{};
}

Value stage_age_value(const Scope& scope) noexcept {
  const CurrentStage current = current_stage(scope.program, scope.state);
  return current.known ? Value::of(static_cast<double>(scope.time_ms - current.since_ms)) : Value{};
}

// Beyond the core.
Value derived_value(const Scope& scope, const NodeRecord& node) noexcept {
  const auto subject = static_cast<Subject>(node.subject);
  if constexpr (builds(kFeatureScore)) {
    if (subject == Subject::score) {
      return Value::of(read_score(scope.program, scope.state, node.index, scope.time_ms));
    }
    if (subject == Subject::tier) return read_tier(scope.program, scope.state, node.index, scope.time_ms);
  }
  if constexpr (builds(kFeatureModel)) {
    if (subject == Subject::propensity) return read_propensity(scope, node.index);
  }
  if constexpr (builds(kFeatureContext)) {
    if (subject == Subject::context) return context_value(scope.state, static_cast<ContextField>(node.index));
  }
  if constexpr (builds(kFeatureLocalTime)) {
    if (subject == Subject::now) return now_value(scope, static_cast<NowField>(node.index));
  }
  if constexpr (builds(kFeatureIntent)) {
    if (subject == Subject::intent) {
      return intent_value(scope.program, scope.state, static_cast<IntentField>(node.index));
    }
  }
  if constexpr (builds(kFeatureAsk)) {
    if (subject == Subject::asked) {
      return Value::of(
          static_cast<double>(times_asked(scope.program, scope.state, node.index, scope.time_ms)));
    }
  }
  return {};
}

bool is_truthy(const Value& value) noexcept {
  switch (value.tag()) {
    case Tag::missing:
    case Tag::null:
    case Tag::boolean_false: return false;
    case Tag::number: return value.number() != 0;
    case Tag::string: return !value.text().empty();
    default: return true;
  }
}

bool equals(const Value& value, const Value& constant) noexcept {
  if (constant.is_null()) return value.is_null();
  return Value::equal(value, constant);
}

bool contains(const Value& array, const Value& wanted) noexcept {
  ValueCursor items(array);
  while (items.next()) {
    if (equals(wanted, items.value())) return true;
  }
  return false;
}

bool is_in(const Value& value, const Value& constants) noexcept {
  if (!value.is_array()) return contains(constants, value);
  ValueCursor items(value);
  while (items.next()) {
    if (contains(constants, items.value())) return true;
  }
  return false;
}

// -1, 0, 1, or kIncomparable. Two texts compare bytewise; anything else as the numbers both are.
constexpr int kIncomparable = 2;

int compare(const Value& value, const Value& constant) noexcept {
  if (value.is_string() && constant.is_string()) {
    const int order = value.text().compare(constant.text());
    return order < 0 ? -1 : order > 0 ? 1 : 0;
  }
  const ParsedNumber left = comparable_number(value);
  const ParsedNumber right = comparable_number(constant);
  if (!left.ok || !right.ok) return kIncomparable;
  return left.value < right.value ? -1 : left.value > right.value ? 1 : 0;
}

bool has_type(const Value& value, const Value& types) noexcept {
  const Tag tag = value.is_null() ? Tag::null : value.tag();
  return (static_cast<std::uint32_t>(types.number()) >> static_cast<std::uint32_t>(tag) & 1) != 0;
}

bool compared_holds(Op op, const Value& value, const Value& constant) noexcept {
  switch (op) {
    case Op::is_number: {
      const ParsedNumber number = comparable_number(value);
      return number.ok && number.value == constant.number();
    }
    case Op::is_boolean: return !value.is_null() && is_truthy(value) == constant.boolean();
    case Op::equal: return equals(value, constant);
    case Op::not_equal: return !equals(value, constant);
    case Op::greater: return compare(value, constant) == 1;
    case Op::greater_or_equal: {
      const int order = compare(value, constant);
      return order == 0 || order == 1;
    }
    case Op::less: return compare(value, constant) == -1;
    case Op::less_or_equal: return compare(value, constant) <= 0;
    case Op::in: return is_in(value, constant);
    case Op::not_in: return !is_in(value, constant);
    case Op::exists: return !value.is_null() == constant.boolean();
    default: return false;
  }
}

bool version_holds(Op op, const Value& value, const Value& constant) noexcept {
  const int order = compare_versions(value, constant);
  switch (op) {
    case Op::version_equal: return order == 0;
    case Op::version_greater: return order > 0;
    case Op::version_greater_or_equal: return order >= 0;
    case Op::version_less: return order < 0;
    default: return order <= 0;
  }
}

bool group_holds(const Scope& scope, std::uint32_t node_index, Op op) noexcept {
  const std::uint32_t end = scope.program.nodes()[node_index].end;
  for (std::uint32_t child = node_index + 1; child < end; child = scope.program.nodes()[child].end) {
    const bool held = holds(scope, child);
    if (op == Op::all_of && !held) return false;
    if (op == Op::any_of && held) return true;
    if (op == Op::none_of && held) return false;
  }
  return op != Op::any_of;
}

bool elements_hold(const Scope& scope, std::uint32_t node_index, Op op, const Value& array) noexcept {
  if (!array.is_array()) return false;
  Scope inner = scope;
  if (op == Op::size_is) {
    inner.element = Value::of(static_cast<double>(array.count()));
    return group_holds(inner, node_index, Op::all_of);
  }
  ValueCursor elements(array);
  while (elements.next()) {
    inner.element = elements.value();
    if (group_holds(inner, node_index, Op::all_of)) return true;
  }
  return false;
}

}  // namespace

Value subject_value(const Scope& scope, const NodeRecord& node) noexcept {
  switch (static_cast<Subject>(node.subject)) {
    case Subject::fact: return fact_value(scope, node.index, node.path);
    case Subject::event_name: return scope.event == nullptr ? Value{} : Value::of(scope.event->name);
    case Subject::event_type:
      return scope.event == nullptr ? Value{} : Value::of(to_string(scope.event->type));
    case Subject::trait:
      return walk(scope.program, trait_value(scope.program, scope.state, node.index), node.path);
    case Subject::stage: return stage_value(scope);
    case Subject::stage_age: return stage_age_value(scope);
    case Subject::behavior:
      return walk(scope.program, read_behavior(scope.program, scope.state, node.index, scope.time_ms).value,
                  node.path);
    case Subject::audience: return Value::of(holds(scope, scope.program.audiences()[node.index].when));
    case Subject::session:
      return session_value(scope.state, static_cast<SessionField>(node.index), scope.time_ms);
    case Subject::consent: return consent_value(scope.program, scope.state, node.index);
    case Subject::element: return walk(scope.program, scope.element, node.path);
    default: return derived_value(scope, node);
  }
}

Value fact_value(const Scope& scope, std::uint32_t fact, std::uint32_t path_plus_one) noexcept {
  if (scope.event == nullptr) return {};
  return walk(scope.program, scope.event->facts[fact], path_plus_one);
}

bool holds(const Scope& scope, std::uint32_t node_index) noexcept {
  const NodeRecord& node = scope.program.nodes()[node_index];
  const Op op = static_cast<Op>(node.op);
  if (op <= Op::none_of) return group_holds(scope, node_index, op);
  const Value value = subject_value(scope, node);
  if (op <= Op::exists) return compared_holds(op, value, Value::read(scope.program.constant(node.constant)));
  if constexpr (builds(kFeaturePattern)) {
    if (op == Op::matches) {
      return value.is_string() && search_pattern(scope.program, node.constant, value.text()).found;
    }
  }
  if constexpr (builds(kFeatureElements)) {
    if (op >= Op::any_element) return elements_hold(scope, node_index, op, value);
    const Value constant = Value::read(scope.program.constant(node.constant));
    return op == Op::type_is ? has_type(value, constant) : version_holds(op, value, constant);
  }
  return false;
}

}  // namespace desirepath
