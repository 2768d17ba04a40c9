#include "sdk/engine/model.hpp"

#include "sdk/engine/exponential.hpp"
#include "sdk/engine/number.hpp"

namespace desirepath {

using namespace format;

namespace {

double term_number(const Scope& scope, const ModelTermRecord& term) noexcept {
  if (term.kind == static_cast<std::uint32_t>(TermKind::truth)) return holds(scope, term.node) ? 1 : 0;
  const Value value = subject_value(scope, scope.program.nodes()[term.node]);
  if (value.is_boolean()) return (value.boolean() ? 1 : 0) / term.per;
  const ParsedNumber number = as_number(value);
  return number.ok ? number.value / term.per : term.missing;
}

}  // namespace

Value read_propensity(const Scope& scope, std::uint32_t model) noexcept {
  const ModelRecord& record = scope.program.models()[model];
  double z = record.intercept;
  for (std::uint32_t i = record.terms.begin; i < record.terms.end; ++i) {
    const ModelTermRecord& term = scope.program.model_terms()[i];
    z += term.weight * term_number(scope, term);
  }
  return is_finite(z) ? Value::of(1 / (1 + exponential(-z))) : Value{};
}

}  // namespace desirepath
