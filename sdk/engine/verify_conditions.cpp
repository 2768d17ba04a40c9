#include "sdk/engine/features.hpp"
#include "sdk/engine/limits.hpp"
#include "sdk/engine/value.hpp"
#include "sdk/engine/verify.hpp"

namespace desirepath {

using namespace format;

namespace {

constexpr std::uint32_t feature_of(Op op) {
  if (op == Op::matches) return kFeaturePattern;
  return op > Op::exists ? kFeatureElements : kFeatureCore;
}

constexpr bool is_element_group(Op op) {
  return op == Op::any_element || op == Op::size_is;
}

bool is_group(const NodeRecord& node) noexcept {
  return node.op <= static_cast<std::uint8_t>(Op::none_of);
}

bool reads(const NodeRecord& node, Subject subject) noexcept {
  return !is_group(node) && node.subject == static_cast<std::uint8_t>(subject);
}

}  // namespace

bool ProgramVerifier::is_constant(Op op, std::uint32_t offset) const noexcept {
  const std::uint32_t bytes = count_of(of(Section::constants));
  if (offset >= bytes) return false;
  const std::uint8_t* at = program_.constant(offset);
  if (validated_size({at, bytes - offset}) == 0) return false;
  const Value value = Value::read(at);
  switch (op) {
    case Op::is_number: return value.is_number();
    case Op::is_boolean:
    case Op::exists: return value.is_boolean();
    case Op::in:
    case Op::not_in: return value.is_array();
    case Op::type_is: return value.is_number() && value.number() >= 0 && value.number() < 128;
    default: return true;
  }
}

bool ProgramVerifier::has_operand(const NodeRecord& node) const noexcept {
  const Op op = static_cast<Op>(node.op);
  if (is_element_group(op)) return true;
  if (op == Op::matches) return node.constant < program_.patterns().size();
  return is_constant(op, node.constant);
}

bool ProgramVerifier::has_subject(const NodeRecord& node, bool in_elements) const noexcept {
  return node.subject != 0 && node.subject < static_cast<std::uint8_t>(Subject::count_) &&
         in_elements == (node.subject == static_cast<std::uint8_t>(Subject::element)) &&
         satisfies(kSubjectRules[node.subject], reinterpret_cast<const std::uint8_t*>(&node.index)) &&
         node.path <= program_.paths().size();
}

bool ProgramVerifier::is_node(const NodeRecord& node, bool in_elements) const noexcept {
  if (node.op >= static_cast<std::uint8_t>(Op::count_)) return false;
  const Op op = static_cast<Op>(node.op);
  if (!says(feature_of(op))) return false;
  return op <= Op::none_of || (has_subject(node, in_elements) && has_operand(node));
}

bool ProgramVerifier::check_nodes() noexcept {
  std::uint32_t ends[kConditionDepthMax];
  int depth = 0;
  std::uint32_t elements_end = 0;
  const std::uint32_t count = program_.nodes().size();
  for (std::uint32_t i = 0; i < count; ++i) {
    while (depth > 0 && ends[depth - 1] == i) --depth;
    const NodeRecord& node = program_.nodes()[i];
    const std::uint32_t bound = depth > 0 ? ends[depth - 1] : count;
    if (node.end <= i || node.end > bound || !is_node(node, i < elements_end)) return wrong_at(&node);
    if (node.end == i + 1) continue;
    const Op op = static_cast<Op>(node.op);
    if (depth == kConditionDepthMax || (op > Op::none_of && !is_element_group(op))) return wrong_at(&node);
    ends[depth++] = node.end;
    if (is_element_group(op) && node.end > elements_end) elements_end = node.end;
  }
  return true;
}

bool ProgramVerifier::check_audiences() noexcept {
  std::uint32_t end = 0;
  for (std::uint32_t i = 0; i < program_.audiences().size(); ++i) {
    const AudienceRecord& audience = program_.audiences()[i];
    if (audience.when < end) return wrong_at(&audience);
    end = program_.nodes()[audience.when].end;
    for (std::uint32_t node = audience.when; node < end; ++node) {
      if (reads(program_.nodes()[node], Subject::audience)) return wrong_at(&audience);
      if (reads(program_.nodes()[node], Subject::propensity) && audience.reads_models == 0) {
        return wrong_at(&audience.reads_models);
      }
    }
  }
  return true;
}

bool ProgramVerifier::check_models() noexcept {
  if (program_.models().size() == 0) return true;
  if (!says(kFeatureModel)) return wrong_at(&program_.entry(Section::models));
  if constexpr (!builds(kFeatureModel)) return false;
  std::uint32_t end = 0;
  for (std::uint32_t i = 0; i < program_.model_terms().size(); ++i) {
    const ModelTermRecord& term = program_.model_terms()[i];
    const NodeRecord& root = program_.nodes()[term.node];
    const bool is_number = term.kind == static_cast<std::uint32_t>(TermKind::number);
    if (term.node < end || !(term.per > 0) || (is_number && is_group(root))) {
      return wrong_at(&term);
    }
    end = root.end;
    for (std::uint32_t at = term.node; at < end; ++at) {
      const NodeRecord& node = program_.nodes()[at];
      const bool is_nested =
          reads(node, Subject::audience) && program_.audiences()[node.index].reads_models != 0;
      if (is_nested || reads(node, Subject::propensity)) return wrong_at(&node);
    }
  }
  return true;
}

}  // namespace desirepath
