#include "sdk/compiler/facts_read.hpp"

namespace desirepath::compiler {

using namespace format;

namespace {

bool is_age(const NodeRecord& node) {
  return node.subject == static_cast<std::uint8_t>(Subject::stage_age) ||
         (node.subject == static_cast<std::uint8_t>(Subject::session) &&
          node.index == static_cast<std::uint32_t>(SessionField::age));
}

// A number that is another at every moment.
bool is_moving(const NodeRecord& node) {
  return is_age(node) || node.subject == static_cast<std::uint8_t>(Subject::score);
}

// Compared with numbers, what moves turns at times that are known.
bool turns_at_known_times(const NodeRecord& node) {
  return node.op >= static_cast<std::uint8_t>(Op::is_number) &&
         node.op <= static_cast<std::uint8_t>(Op::type_is);
}

FactsRead model_reads(const ProgramBuilder& builder, std::uint32_t model) {
  FactsRead reads;
  const Range terms = builder.models[model].terms;
  for (std::uint32_t i = terms.begin; i < terms.end; ++i) {
    const ModelTermRecord& term = builder.model_terms[i];
    reads.add(facts_read(builder, term.node));
    const NodeRecord& node = builder.nodes[term.node];
    if (term.kind == static_cast<std::uint32_t>(TermKind::number) && is_moving(node)) {
      reads.restless = Subject::propensity;
    }
  }
  return reads;
}

FactsRead leaf_reads(const ProgramBuilder& builder, const NodeRecord& node) {
  FactsRead reads;
  const auto subject = static_cast<Subject>(node.subject);
  if (is_moving(node) && !turns_at_known_times(node)) reads.restless = subject;
  switch (subject) {
    case Subject::none:
    case Subject::element: break;
    case Subject::trait: reads.events.insert("identify"); break;
    case Subject::asked: reads.events.insert("Field Asked"); break;
    case Subject::stage:
    case Subject::stage_age: reads.stage = true; break;
    case Subject::behavior: reads.behaviors.insert(node.index); break;
    case Subject::score:
    case Subject::tier: reads.scores.insert(node.index); break;
    case Subject::session:
    case Subject::context:
    case Subject::intent:
    case Subject::consent: reads.every_event = true; break;
    case Subject::audience: return facts_read(builder, builder.audiences[node.index].when);
    case Subject::propensity: return model_reads(builder, node.index);
    default: reads.restless = subject; break;
  }
  return reads;
}

}  // namespace

void FactsRead::add(const FactsRead& other) {
  behaviors.insert(other.behaviors.begin(), other.behaviors.end());
  scores.insert(other.scores.begin(), other.scores.end());
  stage = stage || other.stage;
  events.insert(other.events.begin(), other.events.end());
  every_event = every_event || other.every_event;
  if (restless == Subject::none) restless = other.restless;
}

FactsRead facts_read(const ProgramBuilder& builder, std::uint32_t root) {
  FactsRead reads;
  for (std::uint32_t i = root; i < builder.nodes[root].end; ++i)
    reads.add(leaf_reads(builder, builder.nodes[i]));
  return reads;
}

}  // namespace desirepath::compiler
