#include "collector/fold/claimed_event.hpp"

#include <algorithm>

#include "sdk/engine/identity.hpp"

namespace desirepath::collector {

using format::EngineFact;

namespace {

constexpr std::string_view kDeviceChannel = "web";

Value* fact_of(const Program& program, std::span<Value> facts, EngineFact fact) {
  const std::uint32_t plus_one = program.header().facts[static_cast<std::size_t>(fact)];
  return plus_one == 0 ? nullptr : &facts[plus_one - 1];
}

void hide(const Program& program, std::span<Value> facts, EngineFact fact) {
  if (Value* value = fact_of(program, facts, fact)) *value = Value{};
}

bool is_effect_fact(std::string_view name) {
  return name == "Decision Exposed" || name == "Decision Delivered" || name == "Decision Reserved" ||
         name == "Decision Released";
}

}  // namespace

ClaimedEvent::ClaimedEvent(const Program& program, const IdentifierRules& rules) : program_(program) {
  const auto& facts = program.facts();
  for (std::uint32_t i = 0; i < facts.size(); ++i) {
    if (facts[i].root != static_cast<std::uint32_t>(format::Root::traits)) continue;
    std::string name(program.string(facts[i].key));
    const bool is_address = rules.is_address(name);
    traits_.push_back({i, std::move(name), is_address});
  }
  note_channels(program);
}

void ClaimedEvent::note_channels(const Program& program) {
  bool any = false;
  for (std::uint32_t i = 0; i < program.triggers().size(); ++i) {
    const format::TriggerRecord& trigger = program.triggers()[i];
    bool is_elsewhere = false;
    for (std::uint32_t a = trigger.actions.begin; a < trigger.actions.end; ++a) {
      const std::uint32_t channel = program.actions()[a].channel;
      is_elsewhere = is_elsewhere || program.string(program.channels()[channel].id) != kDeviceChannel;
    }
    if (!is_elsewhere) continue;
    any = true;
    triggers_.push_back(trigger.key);
    if (trigger.purpose != 0) purposes_.push_back(program.purposes()[trigger.purpose - 1].key);
    if (trigger.experiment != 0) experiments_.push_back(program.experiments()[trigger.experiment - 1].key);
    if (trigger.promise == 0) continue;
    const format::Range contradicts = program.promises()[trigger.promise - 1].contradicts;
    for (std::uint32_t p = contradicts.begin; p < contradicts.end; ++p) {
      promises_.push_back(program.promises()[program.list(p)].key);
    }
  }
  const std::uint32_t holdout = program.header().holdout_experiment;
  if (any && holdout != 0) experiments_.push_back(program.experiments()[holdout - 1].key);
}

void ClaimedEvent::restrain(EventType type, std::string_view name, bool is_proved_profile,
                            const TraitBook& traits, std::span<Value> facts) const {
  for (const TraitFact& trait : traits_) {
    if (traits.is_proved(trait.name) || (is_proved_profile && trait.is_address)) facts[trait.fact] = Value{};
  }
  if (!is_proved_profile) return;
  hide(program_, facts, EngineFact::consent);
  if (type != EventType::track) return;
  if (is_effect_fact(name)) restrain_effect(facts);
  if (name == "Experiment Assigned") restrain_assignment(facts);
}

void ClaimedEvent::restrain_effect(std::span<Value> facts) const {
  const Value* channel = fact_of(program_, facts, EngineFact::channel);
  const bool is_on_device = channel != nullptr && channel->is_string() && channel->text() == kDeviceChannel;
  if (!is_on_device) hide(program_, facts, EngineFact::channel);
  const auto hide_shared = [&](EngineFact fact, const std::vector<std::uint32_t>& keys, const char* kind) {
    Value* id = fact_of(program_, facts, fact);
    if (id != nullptr && (!is_on_device || is_shared(keys, kind, *id))) *id = Value{};
  };
  hide_shared(EngineFact::trigger, triggers_, "trigger");
  hide_shared(EngineFact::purpose, purposes_, "purpose");
  hide_shared(EngineFact::promise, promises_, "promise");
}

void ClaimedEvent::restrain_assignment(std::span<Value> facts) const {
  Value* id = fact_of(program_, facts, EngineFact::experiment);
  if (id != nullptr && is_shared(experiments_, "experiment", *id)) *id = Value{};
}

bool ClaimedEvent::is_shared(const std::vector<std::uint32_t>& keys, std::string_view kind,
                             const Value& id) const {
  return id.is_string() && std::find(keys.begin(), keys.end(), definition_key(kind, id.text())) != keys.end();
}

}  // namespace desirepath::collector
