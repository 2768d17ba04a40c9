#include "sdk/engine/instant.hpp"

#include "sdk/engine/arbitration.hpp"
#include "sdk/engine/ask.hpp"
#include "sdk/engine/behavior.hpp"
#include "sdk/engine/candidates.hpp"
#include "sdk/engine/consent.hpp"
#include "sdk/engine/context.hpp"
#include "sdk/engine/effect.hpp"
#include "sdk/engine/experiment.hpp"
#include "sdk/engine/features.hpp"
#include "sdk/engine/intent.hpp"
#include "sdk/engine/person_clock.hpp"
#include "sdk/engine/schedule.hpp"
#include "sdk/engine/score.hpp"
#include "sdk/engine/session.hpp"
#include "sdk/engine/stage.hpp"
#include "sdk/engine/trait.hpp"
#include "sdk/engine/trigger.hpp"
#include "sdk/engine/wait.hpp"
#include "sdk/engine/watch.hpp"

namespace desirepath {

using namespace format;

namespace {

void remember_circumstance(const Scope& scope, State& state) noexcept {
  const Program& program = scope.program;
  SessionStep session;
  if (program.header().uses_session != 0) {
    session = update_session(state, scope.event->type, scope.time_ms);
  }
  if constexpr (builds(kFeatureContext)) {
    if (program.header().uses_context != 0) update_context(program, state, *scope.event, session);
  }
  if constexpr (builds(kFeatureIntent)) {
    if (session.began) forget_intent(state);
  }
  if constexpr (builds(kFeatureLocalTime)) update_person_clock(program, state, *scope.event);
}

void count_stated_effect(const Scope& scope, State& state, Effects effects) noexcept {
  const StatedEffect stated = stated_effect(scope.program, *scope.event, scope.time_ms);
  const bool counted_already = effects == Effects::at_once && stated.effect.trigger != 0;
  if (stated.statement == Statement::none || counted_already) return;
  if (stated.statement == Statement::released) return release_effect(scope.program, state, stated.effect);
  record_effect(scope.program, state, stated.effect, stated.statement == Statement::settled);
}

// What the event says about the person. Its entry in the program, null where it has none.
const EventRecord* remember(const Scope& scope, State& state, Effects effects) noexcept {
  const Program& program = scope.program;
  remember_circumstance(scope, state);
  update_traits(program, state, *scope.event);
  update_consents(program, state, *scope.event);
  count_stated_effect(scope, state, effects);
  adopt_assignment(scope, state);
  if constexpr (builds(kFeatureAsk)) update_asks(program, state, *scope.event, scope.time_ms);

  const std::int64_t found = program.find_event(scope.event->name);
  if (found < 0) return nullptr;
  const EventRecord& event = program.events()[static_cast<std::uint32_t>(found)];
  for (std::uint32_t i = event.behaviors.begin; i < event.behaviors.end; ++i) {
    update_behavior(scope, state, program.list(i));
  }
  if constexpr (builds(kFeatureIntent)) update_intent(scope, state, event);
  if constexpr (builds(kFeatureScore)) update_scores(scope, state, event);
  if constexpr (builds(kFeatureSchedule)) set_schedules(scope, state, event.schedules);
  return &event;
}

// Decides all candidates in order of rank. What waited has its anchor copied: the wait goes.
void decide(const Scope& scope, State& state, Effects effects, Outcome& outcome,
            Candidates& candidates) noexcept {
  Arbitration arbitration(scope, state, effects, outcome);
  for (Candidate next = candidates.next(); next.trigger >= 0; next = candidates.next()) {
    const auto index = static_cast<std::uint32_t>(next.trigger);
    const TriggerRecord& trigger = scope.program.triggers()[index];
    if (!next.has_waited && !holds_optional(scope, trigger.where)) continue;
    if (!holds_optional(scope, trigger.when)) continue;
    const std::string_view anchor = next.has_waited ? outcome.keep_anchor(next.anchor) : next.anchor;
    arbitration.decide(index, anchor, scope.event == nullptr);
  }
  arbitration.finish();
}

// Moves the person, begins the waits for which the move is the occasion, and adds its triggers.
void move_on(const Scope& scope, State& state, const EventRecord& event, Outcome& outcome,
             Candidates& candidates) noexcept {
  const StageMove move = update_stage(scope, state, event);
  if (move.from != move.to) outcome.add(move);
  end_waits(scope, state, event.cancels);
  begin_waits(scope, state, event.arms, scope.event->message_id, outcome);
  if constexpr (builds(kFeatureOccasion)) {
    const auto happened = [&](const Occasion& occasion) {
      begin_waits(scope, state, occasion.arms, scope.event->message_id, outcome);
      candidates.add(occasion.triggers, scope.event->message_id);
    };
    if (move.from == move.to) return;
    if (move.from != 0) happened(scope.program.stages()[move.from - 1].left);
    if (move.to != 0) happened(scope.program.stages()[move.to - 1].entered);
  }
}

const Occasion& occasion_of(const WatchRecord& watch, Membership membership) noexcept {
  return membership == Membership::entered ? watch.entered : watch.left;
}

// Waits that are to begin once what is due has been decided.
struct Arming {
  Range arms[kWatchesMax];
  std::string_view anchors[kWatchesMax];
  std::uint32_t count = 0;
};

// That the person is stuck, and the audiences entered and left because time passed.
void add_due_occasions(const Scope& scope, State& state, Outcome& outcome, Candidates& candidates,
                       Arming& arming) noexcept {
  const Program& program = scope.program;
  const std::uint32_t stuck = stage_stuck_at(program, state, scope.time_ms);
  if (stuck != 0) {
    const std::string_view anchor = outcome.keep_anchor(current_stage(program, state).anchor);
    candidates.add(program.stages()[stuck - 1].stuck, anchor);
  }
  for (std::uint32_t i = 0; i < program.watches().size(); ++i) {
    if (!is_watch_due(program, state, i, scope.time_ms)) continue;
    const Membership membership = look_at(scope, state, i, false);
    if (membership == Membership::same) continue;
    const Occasion& occasion = occasion_of(program.watches()[i], membership);
    const std::string_view anchor = outcome.keep_anchor(anchor_of_watch(program, state, i));
    candidates.add(occasion.triggers, anchor);
    arming.arms[arming.count] = occasion.arms;
    arming.anchors[arming.count++] = anchor;
  }
}

}  // namespace

void learn_event(const Scope& scope, State& state, bool is_beginning) noexcept {
  const EventRecord* event = remember(scope, state, Effects::recorded);
  if constexpr (builds(kFeatureOccasion)) {
    look_after_event(scope, state, event, is_beginning, [](const WatchRecord&, Membership) {});
  }
}

void perform_event(const Scope& scope, State& state, Effects effects, bool is_beginning,
                   Outcome& outcome) noexcept {
  const EventRecord* event = remember(scope, state, effects);
  if (event == nullptr && scope.program.watches().size() == 0) return;
  Candidates candidates(scope.program);
  if (event != nullptr) move_on(scope, state, *event, outcome, candidates);
  if constexpr (builds(kFeatureOccasion)) {
    look_after_event(scope, state, event, is_beginning, [&](const WatchRecord& watch, Membership membership) {
      const Occasion& occasion = occasion_of(watch, membership);
      begin_waits(scope, state, occasion.arms, scope.event->message_id, outcome);
      candidates.add(occasion.triggers, scope.event->message_id);
    });
  }
  if (event != nullptr) add_triggers_of(scope, *event, candidates);
  decide(scope, state, effects, outcome, candidates);
}

void look_at_all(const Scope& scope, State& state) noexcept {
  if constexpr (builds(kFeatureOccasion)) {
    for (std::uint32_t i = 0; i < scope.program.watches().size(); ++i) look_at(scope, state, i, false);
  }
}

void perform_due(const Scope& scope, State& state, Effects effects, Outcome& outcome) noexcept {
  Candidates candidates(scope.program);
  candidates.add_waits(state, scope.time_ms);
  Arming arming;
  if constexpr (builds(kFeatureOccasion)) add_due_occasions(scope, state, outcome, candidates, arming);
  decide(scope, state, effects, outcome, candidates);
  state.retire_due(scope.time_ms);
  // A wait that ends now has ended before one begins.
  for (std::uint32_t i = 0; i < arming.count; ++i) {
    begin_waits(scope, state, arming.arms[i], arming.anchors[i], outcome);
  }
}

}  // namespace desirepath
