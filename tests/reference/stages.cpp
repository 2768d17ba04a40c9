#include "tests/reference/stages.hpp"

#include "tests/reference/calendar.hpp"
#include "tests/reference/conditions.hpp"

namespace desirepath::reference {

namespace {

bool any_rule_holds(const Moment& moment, const Json& stage, const char* key) {
  for (const Json& rule : one_or_more(stage, key)) {
    if (matches(moment, rule) && holds_member(moment, rule, "when")) return true;
  }
  return false;
}

const Json* stage_of(const Json& journey, const std::string& id) {
  for (const Json& stage : journey.at("stages")) {
    if (text_of(stage, "id") == id) return &stage;
  }
  return nullptr;
}

}  // namespace

CurrentStage current_stage(const History& history) {
  if (history.moves.empty()) return {};
  const Move& last = history.moves.back();
  return {last.to, last.time, last.anchor};
}

std::optional<Time> stuck_at(const History& history) {
  const CurrentStage here = current_stage(history);
  if (here.id.empty()) return std::nullopt;
  const Time after = duration_of(*stage_of(history.journey, here.id), "stuck_after");
  return after == 0 ? std::nullopt : std::optional<Time>(here.since + after);
}

std::optional<Move> move_of(const Moment& moment) {
  const Json& journey = moment.history.journey;
  if (!journey.contains("stages")) return std::nullopt;
  const std::string here = current_stage(moment.history).id;
  std::string entered;
  bool another_holds = false;
  for (const Json& stage : journey.at("stages")) {
    if (!any_rule_holds(moment, stage, "enter")) continue;
    entered = text_of(stage, "id");
    another_holds = another_holds || entered != here;
  }
  const Move move{moment.time, here, entered, moment.event->message_id};
  if (!entered.empty() && entered != here) return move;
  if (here.empty() || another_holds) return std::nullopt;
  if (!any_rule_holds(moment, *stage_of(journey, here), "exit")) return std::nullopt;
  return Move{moment.time, here, "", moment.event->message_id};
}

}  // namespace desirepath::reference
