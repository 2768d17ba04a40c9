// The parts of a journey, written into a program one concept at a time.
#pragma once

#include "sdk/compiler/emission.hpp"

namespace desirepath::compiler {

// What conditions asked for is compiled after them, so that the nodes of one condition lie side by side:
// all behaviors, scores, models and audiences that have a place and are not yet written, and what those ask
// for in turn.
void emit_asked_for(Emission& emission);

// One score with its tiers, one model with its terms.
void emit_score(Emission& emission, const ScoreSpec& spec);
void emit_model(Emission& emission, const ModelSpec& spec);

// All stages, if anything can see them, and their rules.
void emit_stages(Emission& emission);

// Which promises contradict each other, and the suppressions that can hold one of the program's triggers
// back; call when the triggers are written.
void emit_governance(Emission& emission);

// The asks, in their order.
void emit_asks(Emission& emission);

// What each stage stands for in a session, if anything reads it; call when all stages and conditions are
// written.
void emit_intent(Emission& emission);
// A trigger's actions that the program takes.
format::Range emit_actions(Emission& emission, const std::vector<ActionSpec>& actions);

// The experiment that changes the trigger, null for none.
const ExperimentSpec* experiment_on(const Journey& journey, const TriggerSpec& trigger);
// Whether the trigger says anything, as declared or as a treatment has it.
bool can_be_enabled(const Journey& journey, const TriggerSpec& trigger);
// The trigger as each treatment of its experiment has it.
void emit_forms(Emission& emission, const TriggerSpec& spec, format::TriggerRecord& record);
// The experiments that triggers are in, and the journey's holdout; call when the triggers are written.
void emit_experiments(Emission& emission);

// The triggers the program acts on, with their actions.
void emit_triggers(Emission& emission);
// What a trigger waits for when it waits for a date.
void emit_schedule(Emission& emission, const ScheduleSpec& spec, std::uint32_t trigger);

// The audiences triggers watch; call when all conditions are written.
void emit_watches(Emission& emission);

// Their order of arbitration; call when all are written.
void emit_ranks(Emission& emission);

}  // namespace desirepath::compiler
