#include "tests/property/reference_run.hpp"

#include "tests/property/engine_run.hpp"

namespace desirepath::tests {

std::vector<std::string> ReferenceRun::happen(const Json& event) {
  engine_.happen(event);
  return new_lines();
}

std::vector<std::string> ReferenceRun::pass_time(std::int64_t until_ms) {
  engine_.pass_time(until_ms);
  return new_lines();
}

std::vector<std::string> ReferenceRun::take_over(const Json& successor, std::int64_t at_ms) {
  engine_.take_over(successor, at_ms);
  return new_lines();
}

std::vector<std::string> ReferenceRun::new_lines() {
  const reference::History& history = engine_.history();
  std::vector<std::string> lines;
  for (; decisions_ < history.decisions.size(); ++decisions_) {
    const reference::Decision& decision = history.decisions[decisions_];
    lines.push_back(decision_line(decision.time, decision.anchor, decision.trigger, decision.channel,
                                  decision.slot, decision.reason, decision.treatment));
  }
  for (; moves_ < history.moves.size(); ++moves_) {
    const reference::Move& move = history.moves[moves_];
    lines.push_back(move_line(move.time, move.from, move.to));
  }
  for (; assignments_ < history.assignments.size(); ++assignments_) {
    const reference::Assignment& place = history.assignments[assignments_];
    lines.push_back(
        assignment_line(place.time, place.experiment, place.treatment, place.is_held_out, place.unit));
  }
  return lines;
}

}  // namespace desirepath::tests
