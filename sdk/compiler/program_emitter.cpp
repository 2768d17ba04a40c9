#include "sdk/compiler/program_emitter.hpp"

#include <algorithm>

#include "sdk/compiler/emitters.hpp"
#include "sdk/compiler/state_budget.hpp"
#include "sdk/engine/limits.hpp"

namespace desirepath::compiler {

using namespace format;

namespace {

void emit_header(Emission& emission) {
  Header& header = emission.builder.header;
  header.journey = emission.builder.string(emission.journey.name);
  header.migrates_waits = emission.journey.migrates_waits ? 1 : 0;
  header.journey_version = static_cast<std::uint32_t>(emission.journey.version);
  emission.builder.engine_fact(EngineFact::decision_id, Root::properties, "decisionId");
  emission.builder.engine_fact(EngineFact::trigger, Root::properties, "trigger");
  emission.builder.engine_fact(EngineFact::purpose, Root::properties, "purpose");
  emission.builder.engine_fact(EngineFact::promise, Root::properties, "promise");
  emission.builder.engine_fact(EngineFact::channel, Root::properties, "channel");
  emission.builder.engine_fact(EngineFact::holdout, Root::properties, "holdout");
}

// The collector's program has everything, asked for or not.
void ask_for_all(Emission& emission) {
  for (const BehaviorSpec& spec : emission.journey.behaviors) emission.behavior(spec.id);
  for (const ScoreSpec& spec : emission.journey.scores) emission.score(spec.id);
  for (const ModelSpec& spec : emission.journey.models) emission.model(spec.id);
  for (const AudienceSpec& spec : emission.journey.audiences) emission.audience(spec.id);
  for (const PurposeSpec& spec : emission.journey.purposes) emission.purpose(spec.id);
  for (const PromiseSpec& spec : emission.journey.promises) emission.promise(spec.id);
  for (const ChannelSpec& spec : emission.journey.channels) emission.channel(spec.id);
}

void check_limits(Emission& emission) {
  std::vector<std::string> trigger_names;
  for (const TriggerSpec* spec : emission.triggers) trigger_names.push_back(spec->id.text);
  const StateBudget budget = state_budget(emission.builder, emission.behaviors.names(), trigger_names);
  const std::size_t limit = emission.for_device() ? kDeviceStateBytesMax : kFullStateBytesMax;
  if (budget.bytes > limit) {
    emission.diagnostics.error(
        0, std::string("a profile's state could take ") + std::to_string(budget.bytes) + " B " +
               (emission.for_device() ? "on a device" : "in the collector") + ", over the limit of " +
               std::to_string(limit) + " B; the largest records are " + budget.largest);
  }
  emission.builder.header.state_bytes_max = static_cast<std::uint32_t>(std::min(budget.bytes, limit));
}

}  // namespace

EmittedProgram emit_program(const Journey& journey, const JsonNode& root, std::string_view text,
                            Target target, Diagnostics& diagnostics) {
  Emission emission(journey, root, text, target, diagnostics);
  emit_header(emission);
  if (!emission.for_device()) ask_for_all(emission);
  emit_asks(emission);
  emit_triggers(emission);
  emit_experiments(emission);
  emit_governance(emission);
  emit_asked_for(emission);
  emit_stages(emission);
  emit_asked_for(emission);
  emit_intent(emission);
  emit_watches(emission);
  emit_ranks(emission);
  emission.dispatch.write(emission.builder);
  check_limits(emission);
  EmittedProgram program;
  program.bytes = emission.builder.finish();
  program.texts = emission.builder.visible_texts();
  return program;
}

}  // namespace desirepath::compiler
