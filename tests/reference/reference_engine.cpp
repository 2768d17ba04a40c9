#include "tests/reference/reference_engine.hpp"

#include <algorithm>

#include "tests/reference/arbitration.hpp"
#include "tests/reference/audiences.hpp"
#include "tests/reference/calendar.hpp"
#include "tests/reference/effects.hpp"
#include "tests/reference/experiments.hpp"
#include "tests/reference/schedules.hpp"
#include "tests/reference/stages.hpp"
#include "tests/reference/takeover.hpp"
#include "tests/reference/triggers.hpp"

namespace desirepath::reference {

namespace {

constexpr Time kNever = INT64_MAX;

// When something is, or might be, due next.
Time next_due(const History& history) {
  Time next = next_look(history, history.clock).value_or(kNever);
  for (const auto& [trigger, wait] : history.waits) next = std::min(next, wait.due);
  const auto stuck = stuck_at(history);
  return stuck && *stuck > history.clock ? std::min(next, *stuck) : next;
}

Happening happening_of(const Json& event) {
  Happening happening;
  happening.time = parse_timestamp(text_of(event, "timestamp"));
  happening.message_id = text_of(event, "messageId");
  happening.type = text_of(event, "type");
  happening.name = happening.type == "track" ? text_of(event, "event") : happening.type;
  happening.body = event;
  return happening;
}

std::vector<Occurrence> occurrences_of(const Move& move) {
  std::vector<Occurrence> occurrences;
  if (!move.from.empty()) occurrences.push_back({"stage_leave", move.from, move.anchor});
  if (!move.to.empty()) occurrences.push_back({"stage_enter", move.to, move.anchor});
  return occurrences;
}

// Who has come into a watched audience or gone from it since it was last looked at.
std::vector<Occurrence> look_at_audiences(History& history, const Moment& moment) {
  std::vector<Occurrence> occurrences;
  for (const std::string& audience : watched_audiences(history.journey)) {
    const bool is_now = is_member(moment, audience);
    if (is_now == history.is_member[audience]) continue;
    history.is_member[audience] = is_now;
    const std::string anchor =
        moment.event != nullptr ? moment.event->message_id : last_touch(moment, audience);
    occurrences.push_back({is_now ? "audience_enter" : "audience_leave", audience, anchor});
  }
  return occurrences;
}

void append(std::vector<Candidate>& candidates, const std::vector<Candidate>& more) {
  candidates.insert(candidates.end(), more.begin(), more.end());
}

}  // namespace

ReferenceEngine::ReferenceEngine(Json journey, bool effects_at_once, Zones zones) {
  history_.journey = std::move(journey);
  history_.effects_at_once = effects_at_once;
  history_.zones = std::move(zones);
}

void ReferenceEngine::happen(const Json& event) {
  const Happening happening = happening_of(event);
  pass_time(happening.time);
  history_.clock = happening.time;
  perform(happening);
}

void ReferenceEngine::pass_time(Time until) {
  for (Time due = next_due(history_); due <= until; due = next_due(history_)) {
    history_.clock = due;
    perform_due(due);
  }
}

void ReferenceEngine::take_over(Json journey, Time at) {
  pass_time(at);
  reference::take_over(history_, std::move(journey), at);
}

void ReferenceEngine::perform_due(Time due) {
  const Moment moment{history_, nullptr, due};
  std::vector<Candidate> candidates = end_due_waits(history_, moment);
  std::vector<Occurrence> occurrences = look_at_audiences(history_, moment);
  const CurrentStage here = current_stage(history_);
  if (stuck_at(history_) == due) occurrences.push_back({"stage_stuck", here.id, here.anchor});
  begin_waits_on(history_, moment, occurrences);
  append(candidates, candidates_on(moment, occurrences));
  arbitrate(history_, moment, std::move(candidates));
}

void ReferenceEngine::perform(const Happening& event) {
  history_.events.push_back(event);
  const Moment moment{history_, &history_.events.back(), event.time};
  note_effect(history_, event);
  note_assignment(history_, event);
  set_schedules(history_, moment);
  std::vector<Occurrence> occurrences;
  if (const auto move = move_of(moment)) {
    history_.moves.push_back(*move);
    occurrences = occurrences_of(*move);
  }
  end_waits(history_, moment);
  begin_waits_on_event(history_, moment);
  for (const Occurrence& change : look_at_audiences(history_, moment)) occurrences.push_back(change);
  begin_waits_on(history_, moment, occurrences);
  std::vector<Candidate> candidates = candidates_on_event(moment);
  append(candidates, candidates_on(moment, occurrences));
  arbitrate(history_, moment, std::move(candidates));
}

}  // namespace desirepath::reference
