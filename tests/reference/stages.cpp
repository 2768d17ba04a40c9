#include "tests/reference/stages.hpp"

#include "tests/reference/conditions.hpp"

namespace desirepath::reference {

namespace {

bool any_rule_holds(const Moment& moment, const Json& stage, const char* key) {
  for (const Json& rule : one_or_more(stage, key)) {
    if (matches(moment, rule) && holds_member(moment, rule, "when")) return true;
  }
  return false;
}

}  // namespace

CurrentStage current_stage(const History& history) {
  if (history.moves.empty()) return {};
  return {history.moves.back().to, history.moves.back().time};
}

std::optional<Move> move_of(const Moment& moment) {
  const auto stages = moment.history.journey.find("stages");
  if (stages == moment.history.journey.end()) return std::nullopt;
  const std::string here = current_stage(moment.history).id;
  std::string entered;
  for (const Json& stage : *stages) {
    if (any_rule_holds(moment, stage, "enter")) entered = text_of(stage, "id");
  }
  if (entered.empty() || entered == here) return std::nullopt;
  return Move{moment.time, here, entered, moment.event->message_id};
}

}  // namespace desirepath::reference
