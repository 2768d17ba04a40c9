#include "tests/reference/reference_engine.hpp"

#include <algorithm>

#include "tests/reference/arbitration.hpp"
#include "tests/reference/calendar.hpp"
#include "tests/reference/effects.hpp"
#include "tests/reference/stages.hpp"
#include "tests/reference/triggers.hpp"

namespace desirepath::reference {

namespace {

constexpr Time kNever = INT64_MAX;

Time next_due(const History& history) {
  Time next = kNever;
  for (const auto& [trigger, wait] : history.waits) next = std::min(next, wait.due);
  return next;
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

}  // namespace

ReferenceEngine::ReferenceEngine(Json journey, bool effects_at_once) {
  history_.journey = std::move(journey);
  history_.effects_at_once = effects_at_once;
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

void ReferenceEngine::perform_due(Time due) {
  const Moment moment{history_, nullptr, due};
  arbitrate(history_, moment, end_due_waits(history_, moment));
}

void ReferenceEngine::perform(const Happening& event) {
  history_.events.push_back(event);
  const Moment moment{history_, &history_.events.back(), event.time};
  if (const auto effect = stated_effect(history_, event)) history_.effects.push_back(*effect);
  if (const auto move = move_of(moment)) history_.moves.push_back(*move);
  update_waits(history_, moment);
  arbitrate(history_, moment, candidates_of(moment));
}

}  // namespace desirepath::reference
