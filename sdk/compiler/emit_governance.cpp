#include <algorithm>
#include <map>
#include <set>

#include "sdk/compiler/emitters.hpp"
#include "sdk/engine/features.hpp"
#include "sdk/engine/limits.hpp"

namespace desirepath::compiler {

using namespace format;

namespace {

// Declared by either of the two, it holds for both. What stands against a promise of the program's triggers
// counts whoever promised it: a device has to know it too.
void emit_contradictions(Emission& emission) {
  std::set<std::string> promised;
  for (const TriggerSpec* trigger : emission.triggers) promised.insert(trigger->promise.text);
  std::map<std::uint32_t, std::set<std::uint32_t>> contradicted;
  for (const PromiseSpec& spec : emission.journey.promises) {
    for (const Name& name : spec.contradicts) {
      const bool matters = promised.count(spec.id.text) != 0 || promised.count(name.text) != 0;
      if (emission.for_device() && !matters) continue;
      const std::uint32_t one = emission.promise(spec.id);
      const std::uint32_t other = emission.promise(name);
      contradicted[one].insert(other);
      contradicted[other].insert(one);
    }
  }
  for (const auto& [promise, others] : contradicted) {
    emission.needs(kFeatureGovernance);
    emission.builder.promises[promise].contradicts = emission.builder.list({others.begin(), others.end()});
  }
}

bool is_served(const Emission& emission, const Name& purpose) {
  return std::any_of(emission.triggers.begin(), emission.triggers.end(),
                     [&](const TriggerSpec* trigger) { return trigger->purpose.text == purpose.text; });
}

// Whether one of the program's triggers can be held back by it.
bool is_wanted(const Emission& emission, const SuppressionSpec& suppression) {
  const auto has = [](const std::vector<Name>& names, const std::string& text) {
    return names.empty() ||
           std::any_of(names.begin(), names.end(), [&](const Name& name) { return name.text == text; });
  };
  return std::any_of(emission.triggers.begin(), emission.triggers.end(), [&](const TriggerSpec* trigger) {
    return has(suppression.purposes, trigger->purpose.text) &&
           std::any_of(trigger->actions.begin(), trigger->actions.end(), [&](const ActionSpec& action) {
             const bool is_here = !emission.for_device() || action.channel.text == "web";
             return is_here && has(suppression.channels, action.channel.text);
           });
  });
}

}  // namespace

void emit_governance(Emission& emission) {
  emit_contradictions(emission);
  for (const SuppressionSpec& spec : emission.journey.suppressions) {
    if (emission.for_device() && !is_wanted(emission, spec)) continue;
    emission.needs(kFeatureGovernance);
    SuppressionRecord record{emission.shown_id("suppression", spec.id.text, false), 0, 0, {}};
    record.when = emission.conditions.compile(spec.when, FactsAllowed::of_profile) - 1;
    for (const Name& channel : spec.channels) {
      if (emission.for_device() && channel.text != "web") continue;
      record.channels |= 1u << emission.channel(channel) % kChannelsMax;
    }
    std::vector<std::uint32_t> purposes;
    for (const Name& purpose : spec.purposes) {
      if (!emission.for_device() || is_served(emission, purpose))
        purposes.push_back(emission.purpose(purpose));
    }
    record.purposes = emission.builder.list(purposes);
    emission.builder.suppressions.push_back(record);
  }
}

}  // namespace desirepath::compiler
