#include <algorithm>
#include <cmath>
#include <set>

#include "sdk/compiler/emitters.hpp"
#include "sdk/engine/behavior.hpp"
#include "sdk/engine/bytes.hpp"
#include "sdk/engine/limits.hpp"

namespace desirepath::compiler {

using namespace format;

namespace {

// A number of entries is exact as far as conditions compare it when one more than the largest constant is
// kept. A device keeps no more, unless something reads the number itself; the collector also shows it to
// people and keeps at least the default.
std::uint32_t counted_keep(Emission& emission, const BehaviorSpec& spec, std::uint32_t wanted) {
  const double compared = std::ceil(emission.compared.largest("behaviors." + spec.id.text)) + 1;
  if (compared < 1) return wanted;
  if (compared > kBehaviorKeepMax) {
    emission.diagnostics.error(spec.id.offset, "behavior '" + spec.id.text + "' is compared with more than " +
                                                   std::to_string(kBehaviorKeepMax - 1) +
                                                   "; it cannot keep that many");
    return kBehaviorKeepMax;
  }
  const auto needed = static_cast<std::uint32_t>(compared);
  const bool is_frugal =
      emission.for_device() && !emission.compared.is_read_whole("behaviors." + spec.id.text);
  return std::max(needed, is_frugal ? spec.keep : wanted);
}

std::uint32_t behavior_keep(Emission& emission, const BehaviorSpec& spec) {
  const bool is_affinity = spec.kind == BehaviorKind::affinity;
  const std::uint32_t fallback = is_affinity ? kAffinityKeepDefault : kBehaviorKeepDefault;
  const std::uint32_t wanted = spec.keep != 0 ? spec.keep : fallback;
  if (is_affinity) return wanted;
  if (spec.kind == BehaviorKind::distinct) return counted_keep(emission, spec, wanted);
  if (spec.within_ms == 0 || spec.kind == BehaviorKind::last || spec.kind == BehaviorKind::sequence) return 1;
  return spec.kind == BehaviorKind::count ? counted_keep(emission, spec, wanted) : wanted;
}

// Steps of what is not counted here are nameless: only their number shapes the state.
Range emit_steps(Emission& emission, const std::vector<EventFilter>& steps, bool is_counted) {
  Range range{static_cast<std::uint32_t>(emission.builder.sequence_steps.size()), 0};
  for (const EventFilter& step : steps) {
    emission.builder.sequence_steps.push_back(
        {emission.builder.string(is_counted ? step.event.text : ""),
         is_counted ? emission.conditions.compile(step.where, FactsAllowed::of_event) : 0});
  }
  range.end = static_cast<std::uint32_t>(emission.builder.sequence_steps.size());
  return range;
}

void emit_behavior(Emission& emission, const BehaviorSpec& spec) {
  emission.needs(feature_of(spec.kind));
  const auto index = static_cast<std::uint32_t>(emission.builder.behaviors.size());
  BehaviorRecord record{};
  record.id = emission.shown_id("behavior", spec.id.text, spec.is_public);
  record.kind = static_cast<std::uint32_t>(spec.kind);
  record.within_ms = spec.within_ms;
  record.half_life_ms = spec.half_life_ms;
  record.keep = behavior_keep(emission, spec);
  record.key = fnv1a(compact_json(emission.text, *spec.source), emission.unique_key("behavior", spec.id));
  // On a device it holds what the collector counted, and shows nothing of how.
  const bool is_counted = !emission.for_device() || !spec.is_of_server;
  if (is_counted && !spec.fact.empty()) {
    const Emission::EventFact fact = emission.event_fact(spec.fact, "a behavior");
    record.fact = fact.fact;
    record.path = fact.path;
  }
  if (is_counted) record.where = emission.conditions.compile(spec.filter.where, FactsAllowed::of_event);
  record.steps = emit_steps(emission, spec.steps, is_counted);
  record.breakers = emit_steps(emission, spec.not_between, is_counted);
  emission.builder.behaviors.push_back(record);
  if (!is_counted) return;

  std::set<std::string> events{spec.filter.event.text};
  for (const std::vector<EventFilter>* filters : {&spec.steps, &spec.not_between}) {
    for (const EventFilter& filter : *filters) events.insert(filter.event.text);
  }
  if (spec.kind == BehaviorKind::sequence) events.erase("");
  for (const std::string& event : events) emission.dispatch.add_behavior(event, index);
}

bool reads_models(const ProgramBuilder& builder, std::uint32_t root) {
  return std::any_of(builder.nodes.begin() + root, builder.nodes.end(), [](const NodeRecord& node) {
    return node.subject == static_cast<std::uint8_t>(Subject::propensity);
  });
}

void emit_audience(Emission& emission, const AudienceSpec& spec) {
  emission.in_audience = true;
  const std::uint32_t node = emission.conditions.compile(spec.condition, FactsAllowed::of_profile) - 1;
  emission.in_audience = false;
  emission.builder.audiences.push_back({emission.shown_id("audience", spec.id.text, false), node,
                                        reads_models(emission.builder, node) ? 1u : 0u});
}

}  // namespace

void emit_asked_for(Emission& emission) {
  bool found = true;
  while (found) {
    found = false;
    for (; emission.builder.behaviors.size() < emission.behaviors.in_order().size(); found = true) {
      emit_behavior(emission, *emission.behaviors.in_order()[emission.builder.behaviors.size()]);
    }
    for (; emission.builder.scores.size() < emission.scores.in_order().size(); found = true) {
      emit_score(emission, *emission.scores.in_order()[emission.builder.scores.size()]);
    }
    for (; emission.builder.models.size() < emission.models.in_order().size(); found = true) {
      emit_model(emission, *emission.models.in_order()[emission.builder.models.size()]);
    }
    for (; emission.builder.audiences.size() < emission.audiences.in_order().size(); found = true) {
      emit_audience(emission, *emission.audiences.in_order()[emission.builder.audiences.size()]);
    }
  }
}

}  // namespace desirepath::compiler
