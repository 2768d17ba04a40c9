#include "sdk/compiler/derived_facts.hpp"
#include "sdk/compiler/emitters.hpp"
#include "sdk/compiler/facts_read.hpp"
#include "sdk/engine/features.hpp"

namespace desirepath::compiler {

using namespace format;

namespace {

constexpr std::string_view kTraits = "traits.";
constexpr std::string_view kBehaviors = "behaviors.";

bool holds_a_date(const BehaviorSpec& behavior) {
  switch (behavior.kind) {
    case BehaviorKind::last:
    case BehaviorKind::first:
    case BehaviorKind::min:
    case BehaviorKind::max: return behavior.within_ms == 0;
    default: return false;
  }
}

// Fills in where the date stands, and what reads it; false after a diagnostic.
bool find_date(Emission& emission, const Name& fact, ScheduleRecord& record, FactsRead& reads) {
  const std::string_view text = fact.text;
  if (text.rfind(kTraits, 0) == 0 && text.size() > kTraits.size()) {
    const std::vector<std::string> keys = split_path(text.substr(kTraits.size()));
    record.source = static_cast<std::uint32_t>(DateSource::trait);
    record.index = emission.trait(keys.front());
    record.path = emission.builder.path({keys.begin() + 1, keys.end()});
    reads.events.insert("identify");
    return true;
  }
  if (text.rfind(kBehaviors, 0) != 0) {
    emission.diagnostics.error(fact.offset,
                               "a schedule's date is a fact of the profile, such as 'traits.renewal' or "
                               "'behaviors.last_order', not '" +
                                   fact.text + "'");
    return false;
  }
  const Name id{std::string(text.substr(kBehaviors.size())), fact.offset};
  const std::int64_t behavior = emission.behavior(id);
  if (behavior < 0) return false;
  const BehaviorSpec& spec = *emission.behaviors.in_order()[static_cast<std::size_t>(behavior)];
  if (!holds_a_date(spec)) {
    emission.diagnostics.error(fact.offset,
                               "behavior '" + id.text +
                                   "' holds no date; a schedule reads a 'first', 'last', 'min' or "
                                   "'max' without 'within'");
    return false;
  }
  record.source = static_cast<std::uint32_t>(DateSource::behavior);
  record.index = static_cast<std::uint32_t>(behavior);
  reads.behaviors.insert(record.index);
  return true;
}

}  // namespace

void emit_schedule(Emission& emission, const ScheduleSpec& spec, std::uint32_t trigger) {
  ScheduleRecord record{};
  record.trigger = trigger;
  record.offset_ms = spec.offset_ms;
  if (spec.minute) {
    record.minute = *spec.minute + 1;
    use_local_time(emission.builder);
  }
  FactsRead reads;
  emission.needs(kFeatureSchedule);
  if (spec.fact.empty() || !find_date(emission, spec.fact, record, reads)) return;
  emission.dispatch.add_schedule(static_cast<std::uint32_t>(emission.builder.schedules.size()), reads);
  emission.builder.schedules.push_back(record);
}

}  // namespace desirepath::compiler
