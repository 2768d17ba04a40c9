#include <algorithm>
#include <numeric>

#include "sdk/compiler/emitters.hpp"
#include "sdk/compiler/public_text.hpp"
#include "sdk/engine/features.hpp"
#include "sdk/engine/limits.hpp"

namespace desirepath::compiler {

using namespace format;

namespace {

bool is_web(const ActionSpec& action) {
  return action.channel.text == "web";
}

std::int64_t served_within_ms(const Emission& emission, const TriggerSpec& trigger) {
  if (trigger.purpose.empty()) return 0;
  const PurposeSpec* purpose = emission.journey.purposes.find(trigger.purpose.text);
  const CapSpec cap = purpose == nullptr ? CapSpec{} : purpose->cap;
  if (cap.times == 1) return cap.per_ms;
  if (cap.times > 1) return 0;
  return trigger.cap.times != 0 ? trigger.cap.per_ms : kPurposeServedDefaultMs;
}

std::int64_t stage_index(const Emission& emission, const Name& id) {
  const SpecList<StageSpec>& stages = emission.journey.stages;
  const StageSpec* stage = stages.find(id.text);
  return stage == nullptr ? -1 : stage - &stages[0];
}

void dispatch_trigger(Emission& emission, const TriggerSpec& spec, std::uint32_t index) {
  for (const EventFilter& absent : spec.absent) {
    const std::uint32_t where = emission.conditions.compile(absent.where, FactsAllowed::of_event);
    emission.dispatch.add_cancel(absent.event.text,
                                 static_cast<std::uint32_t>(emission.builder.cancels.size()));
    emission.builder.cancels.push_back({index, where});
  }
  if (spec.occasion == OccasionKind::date) return emit_schedule(emission, spec.schedule, index);
  if (spec.occasion != OccasionKind::event) {
    emission.needs(kFeatureOccasion);
    const std::int64_t of = is_of_stage(spec.occasion) ? stage_index(emission, spec.occasion_of)
                                                       : emission.watch(spec.occasion_of);
    if (of >= 0) emission.dispatch.add_occasion(spec.occasion, static_cast<std::uint32_t>(of), index);
    return;
  }
  if (spec.wait_ms != 0) {
    emission.dispatch.add_arm(spec.filter.event.text, index);
    return;
  }
  std::vector<TextDemand> demands = emission.conditions.text_demands(spec.filter.where);
  const std::vector<TextDemand> of_when = emission.conditions.text_demands(spec.when);
  demands.insert(demands.end(), of_when.begin(), of_when.end());
  emission.dispatch.add_trigger(spec.filter.event.text, index, std::move(demands));
}

// The part of `when` that is judged as the trigger's wait begins, and the rest. Where the occasion is no
// event there is none to read.
void emit_when(Emission& emission, const TriggerSpec& spec, TriggerRecord& record) {
  const bool has_event = spec.occasion == OccasionKind::event || spec.occasion == OccasionKind::stage_enter ||
                         spec.occasion == OccasionKind::stage_leave;
  if (spec.wait_ms == 0 || !has_event) {
    record.when =
        emission.conditions.compile(spec.when, has_event ? FactsAllowed::all : FactsAllowed::of_profile);
    return;
  }
  const ConditionCompiler::Split split = emission.conditions.compile_split(spec.when);
  record.arm_when = split.of_event;
  record.when = split.of_profile;
}

void emit_trigger(Emission& emission, const TriggerSpec& spec) {
  const auto index = static_cast<std::uint32_t>(emission.builder.triggers.size());
  TriggerRecord record{};
  record.id = emission.shown_id("trigger", spec.id.text, spec.is_public);
  record.key = emission.unique_key("trigger", spec.id);
  if (!spec.purpose.empty()) record.purpose = emission.purpose(spec.purpose) + 1;
  if (!spec.promise.empty()) record.promise = emission.promise(spec.promise) + 1;
  if (!spec.group.empty()) record.group = emission.group(spec.group) + 1;
  record.cap = emission.cap("trigger", spec.id, spec.cap);
  record.served_within_ms = served_within_ms(emission, spec);
  record.wait_ms = spec.wait_ms;
  record.waits = spec.wait_ms != 0 || spec.occasion == OccasionKind::date ? 1 : 0;
  record.freshness_ms = spec.freshness_ms;
  record.actions = emit_actions(emission, spec.actions);
  emit_forms(emission, spec, record);
  record.where = emission.conditions.compile(spec.filter.where, FactsAllowed::of_event);
  emit_when(emission, spec, record);
  emission.builder.triggers.push_back(record);
  emission.triggers.push_back(&spec);
  dispatch_trigger(emission, spec, index);
}

}  // namespace

Range emit_actions(Emission& emission, const std::vector<ActionSpec>& actions) {
  const auto begin = static_cast<std::uint32_t>(emission.builder.actions.size());
  for (const ActionSpec& action : actions) {
    if (emission.for_device() && !is_web(action)) continue;
    if (emission.for_device() && action.content_source != nullptr) {
      refuse_emails(*action.content_source, emission.diagnostics);
    }
    const bool is_delivered = !emission.for_device() && !action.destination.empty();
    emission.builder.actions.push_back(
        {emission.channel(action.channel), action.slot.empty() ? 0 : emission.slot(action.slot) + 1,
         emission.builder.string(action.content),
         is_delivered ? emission.builder.string(action.destination.text) + 1 : 0});
  }
  return {begin, static_cast<std::uint32_t>(emission.builder.actions.size())};
}

void emit_triggers(Emission& emission) {
  for (const TriggerSpec& trigger : emission.journey.triggers) {
    const bool is_wanted =
        !emission.for_device() || std::any_of(trigger.actions.begin(), trigger.actions.end(), is_web);
    if (is_wanted && can_be_enabled(emission.journey, trigger)) emit_trigger(emission, trigger);
  }
}

void emit_ranks(Emission& emission) {
  std::vector<std::uint32_t> order(emission.builder.triggers.size());
  std::iota(order.begin(), order.end(), 0u);
  std::stable_sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
    return emission.triggers[a]->priority > emission.triggers[b]->priority;
  });
  for (std::uint32_t rank = 0; rank < order.size(); ++rank) {
    emission.builder.triggers[order[rank]].rank = rank;
  }
}

}  // namespace desirepath::compiler
