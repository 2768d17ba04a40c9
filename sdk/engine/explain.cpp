#include "sdk/engine/explain.hpp"

#include "sdk/engine/behavior.hpp"
#include "sdk/engine/contest.hpp"
#include "sdk/engine/effect.hpp"
#include "sdk/engine/experiment.hpp"
#include "sdk/engine/limits.hpp"
#include "sdk/engine/trait.hpp"
#include "sdk/engine/wait.hpp"

namespace desirepath {

using namespace format;

namespace {

bool is_group(Op op) noexcept {
  return op <= Op::none_of;
}

bool has_constant(Op op) noexcept {
  return !is_group(op) && op < Op::matches;
}

// Walks one condition in prefix order, an audience's after the node that names it.
class NodeWalk {
 public:
  NodeWalk(const Scope& scope, const ExplanationSink& sink, ConditionPart part) noexcept
      : scope_(scope), sink_(sink), part_(part) {}

  // False where the sink wanted no more.
  bool walk(std::uint32_t root, std::uint32_t depth, std::uint32_t audience) noexcept {
    std::uint32_t ends[kConditionDepthMax];
    std::uint32_t open = 0;
    for (std::uint32_t at = root; at < scope_.program.nodes()[root].end;) {
      while (open > 0 && ends[open - 1] == at) --open;
      const NodeRecord& node = scope_.program.nodes()[at];
      const bool opens = is_group(static_cast<Op>(node.op));
      if (!tell(at, depth + open, audience)) return false;
      if (static_cast<Subject>(node.subject) == Subject::audience && !opens && audience == 0 &&
          !walk(scope_.program.audiences()[node.index].when, depth + open + 1, node.index + 1)) {
        return false;
      }
      if (opens && node.end > at + 1) ends[open++] = node.end;
      at = opens ? at + 1 : node.end;
    }
    return true;
  }

 private:
  bool tell(std::uint32_t at, std::uint32_t depth, std::uint32_t audience) const noexcept {
    const NodeRecord& node = scope_.program.nodes()[at];
    const auto op = static_cast<Op>(node.op);
    ExplainedNode line{part_, at, depth, audience, holds(scope_, at), false, {}, {}};
    if (!is_group(op)) {
      line.value = subject_value(scope_, node);
      line.is_inexact = is_inexact(node);
    }
    if (has_constant(op)) line.constant = Value::read(scope_.program.constant(node.constant));
    return sink_.on_node(sink_.context, line);
  }

  bool is_inexact(const NodeRecord& node) const noexcept {
    switch (static_cast<Subject>(node.subject)) {
      case Subject::behavior:
        return read_behavior(scope_.program, scope_.state, node.index, scope_.time_ms).inexact;
      case Subject::trait: return is_trait_cut(scope_.program, scope_.state, node.index);
      default: return false;
    }
  }

  const Scope& scope_;
  const ExplanationSink& sink_;
  ConditionPart part_;
};

bool explain_actions(const Scope& scope, std::uint32_t trigger, const TriggerForm& form,
                     const ExplanationSink& sink) noexcept {
  Contest contest(scope);
  const std::string_view anchor = scope.event == nullptr ? std::string_view{} : scope.event->message_id;
  const std::uint32_t mark = effect_mark(scope.program.triggers()[trigger].key, anchor);
  for (std::uint32_t i = form.actions.begin; i < form.actions.end; ++i) {
    const Contender contender{trigger, scope.program.actions()[i], mark, form.is_held_out};
    if (!sink.on_action(sink.context, {i, form.treatment, contest.reason_against(contender)})) return false;
  }
  return true;
}

}  // namespace

Explanation explain(const Scope& scope, std::uint32_t trigger, const ExplanationSink& sink) noexcept {
  const TriggerRecord& record = scope.program.triggers()[trigger];
  const TriggerForm form = form_of(scope, trigger);
  const Explanation explanation{form.is_enabled, holds_optional(scope, record.where),
                                holds_optional(scope, record.arm_when), holds_optional(scope, record.when),
                                due_of_wait(scope.state, record)};
  const struct {
    ConditionPart part;
    std::uint32_t node_plus_one;
  } parts[] = {{ConditionPart::where, record.where},
               {ConditionPart::arm_when, record.arm_when},
               {ConditionPart::when, record.when}};
  for (const auto& part : parts) {
    if (part.node_plus_one == 0) continue;
    if (!NodeWalk(scope, sink, part.part).walk(part.node_plus_one - 1, 0, 0)) return explanation;
  }
  explain_actions(scope, trigger, form, sink);
  return explanation;
}

}  // namespace desirepath
