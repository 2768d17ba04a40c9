#include "sdk/compiler/emission.hpp"

#include <algorithm>
#include <cstdio>

#include "sdk/compiler/derived_facts.hpp"
#include "sdk/engine/features.hpp"
#include "sdk/engine/identity.hpp"
#include "sdk/engine/limits.hpp"

namespace desirepath::compiler {

using namespace format;

namespace {

std::string hashed_id(std::uint32_t key) {
  char text[kHashedIdBytes + 1];
  std::snprintf(text, sizeof text, "#%08x", key);
  return text;
}

// Whether a condition names a model anywhere.
bool reads_models(const JsonNode& node) {
  constexpr std::string_view kPrefix = "propensity.";
  return std::any_of(node.items.begin(), node.items.end(), reads_models) ||
         std::any_of(node.members.begin(), node.members.end(), [&](const JsonMember& member) {
           return member.key.rfind(kPrefix, 0) == 0 || reads_models(member.value);
         });
}

std::vector<const AskSpec*> by_priority(const SpecList<AskSpec>& asks) {
  std::vector<const AskSpec*> order;
  for (const AskSpec& ask : asks) order.push_back(&ask);
  std::stable_sort(order.begin(), order.end(),
                   [](const AskSpec* a, const AskSpec* b) { return a->priority > b->priority; });
  return order;
}

}  // namespace

Emission::Emission(const Journey& the_journey, const JsonNode& the_root, std::string_view the_text,
                   Target the_target, Diagnostics& the_diagnostics)
    : journey(the_journey),
      text(the_text),
      target(the_target),
      diagnostics(the_diagnostics),
      compared(the_root),
      asks(by_priority(the_journey.asks)),
      names_{[this](const Name& id) { return behavior(id); },
             [this](const Name& id) { return score(id); },
             [this](const Name& id) { return model(id); },
             [this](const Name& id) { return audience(id); },
             [this](const Name& field) { return ask(field); },
             [this](std::string_view name) { return trait(name); },
             [this](std::string_view category) { return consent(category); },
             [this](const Name& id) { return stage_id(id); },
             [this](std::uint32_t of_score, const Name& name) { return tier_name(of_score, name); },
             [this](const Name& intent) { return intent_text(intent); },
             [this](std::string_view field) {
               const AskSpec* spec = journey.asks.find(field);
               return spec == nullptr ? std::string(field) : spec->trait.text;
             },
             [this](std::string_view id) {
               const BehaviorSpec* spec = journey.behaviors.find(id);
               return spec != nullptr && spec->kind == BehaviorKind::affinity;
             }},
      conditions(builder, names_, diagnostics, for_device()) {
  for (const AskSpec* spec : asks) ask_indexes_.emplace(spec, static_cast<std::int64_t>(ask_indexes_.size()));
}

std::int64_t Emission::behavior(const Name& id) {
  const BehaviorSpec* spec = journey.behaviors.find(id.text);
  if (spec == nullptr) {
    diagnostics.error(id.offset,
                      "unknown behavior '" + id.text + "'" + did_you_mean(id.text, journey.behaviors.ids()));
    return -1;
  }
  if (for_device() && spec->is_of_server && !spec->is_for_device) {
    diagnostics.error(id.offset, "only servers observe behavior '" + id.text +
                                     "'; mark it \"device\": true to let web triggers read it");
  }
  return behaviors.index_of(*spec);
}

std::int64_t Emission::audience(const Name& id) {
  if (in_audience) {
    diagnostics.error(id.offset, "an audience cannot name another; repeat its condition here");
    return -1;
  }
  const AudienceSpec* spec = journey.audiences.find(id.text);
  if (spec == nullptr) {
    diagnostics.error(id.offset,
                      "unknown audience '" + id.text + "'" + did_you_mean(id.text, journey.audiences.ids()));
    return -1;
  }
  if (in_model && reads_models(*spec->condition)) {
    diagnostics.error(id.offset, "a model names no model; audience '" + id.text + "' reads one");
    return -1;
  }
  return audiences.index_of(*spec);
}

std::int64_t Emission::watch(const Name& id) {
  const AudienceSpec* spec = journey.audiences.find(id.text);
  if (spec == nullptr) return -1;
  audiences.index_of(*spec);
  return watched.index_of(*spec);
}

std::int64_t Emission::score(const Name& id) {
  const ScoreSpec* spec = journey.scores.find(id.text);
  if (spec == nullptr) {
    diagnostics.error(id.offset,
                      "unknown score '" + id.text + "'" + did_you_mean(id.text, journey.scores.ids()));
    return -1;
  }
  return scores.index_of(*spec);
}

std::int64_t Emission::model(const Name& id) {
  if (in_model) {
    diagnostics.error(id.offset, "a model names no model; repeat its terms here");
    return -1;
  }
  const ModelSpec* spec = journey.models.find(id.text);
  if (spec == nullptr) {
    diagnostics.error(id.offset,
                      "unknown model '" + id.text + "'" + did_you_mean(id.text, journey.models.ids()));
    return -1;
  }
  return models.index_of(*spec);
}

std::string Emission::tier_name(std::uint32_t score_index, const Name& name) {
  const ScoreSpec& spec = *scores.in_order()[score_index];
  std::vector<std::string> tiers;
  for (const TierSpec& tier : spec.tiers) tiers.push_back(tier.name.text);
  if (std::find(tiers.begin(), tiers.end(), name.text) == tiers.end()) {
    diagnostics.error(name.offset, "score '" + spec.id.text + "' has no tier '" + name.text + "'" +
                                       did_you_mean(name.text, tiers));
    return name.text;
  }
  return builder.strings()[shown_tier(spec, name.text)];
}

std::uint32_t Emission::shown_tier(const ScoreSpec& spec, const std::string& name) {
  return shown_id("tier of " + spec.id.text, name, spec.is_public);
}

Emission::EventFact Emission::event_fact(const Name& fact, const std::string& what) {
  if (fact.text.rfind("properties.", 0) != 0 && fact.text.rfind("context.", 0) != 0) {
    diagnostics.error(fact.offset, what + " reads a fact of its event, such as 'properties.revenue', not '" +
                                       fact.text + "'");
    return {};
  }
  const auto subject = conditions.event_fact(fact);
  if (!subject) return {};
  return {subject->index + 1, subject->path};
}

std::int64_t Emission::ask(const Name& field) {
  const auto known = ask_indexes_.find(journey.asks.find(field.text));
  if (known != ask_indexes_.end()) return known->second;
  diagnostics.error(field.offset,
                    "unknown ask '" + field.text + "'" + did_you_mean(field.text, journey.asks.ids()));
  return -1;
}

std::string Emission::intent_text(const Name& intent) {
  std::vector<std::string> intents;
  for (const StageSpec& stage : journey.stages) intents.push_back(stage.intent.text);
  if (std::find(intents.begin(), intents.end(), intent.text) == intents.end()) {
    diagnostics.error(intent.offset,
                      "no stage has the intent '" + intent.text + "'" + did_you_mean(intent.text, intents));
  }
  return builder.strings()[shown_id("intent", intent.text, false)];
}

std::uint32_t Emission::trait(std::string_view name) {
  const auto [known, is_new] =
      trait_indexes_.emplace(std::string(name), static_cast<std::uint32_t>(builder.traits.size()));
  if (is_new) {
    builder.traits.push_back({builder.string(name), unique_key("trait", {std::string(name), 0}),
                              builder.fact(Root::traits, name)});
  }
  return known->second;
}

std::uint32_t Emission::consent(std::string_view category) {
  const auto [known, is_new] =
      consent_indexes_.emplace(std::string(category), static_cast<std::uint32_t>(builder.consents.size()));
  if (is_new) {
    builder.engine_fact(EngineFact::consent, Root::context, "consent");
    builder.consents.push_back({builder.string(category), unique_key("consent", {std::string(category), 0})});
  }
  return known->second;
}

std::string Emission::stage_id(const Name& id) {
  const StageSpec* spec = journey.stages.find(id.text);
  if (spec == nullptr) {
    diagnostics.error(id.offset,
                      "unknown stage '" + id.text + "'" + did_you_mean(id.text, journey.stages.ids()));
    return id.text;
  }
  return builder.strings()[shown_id("stage", spec->id.text, spec->is_public)];
}

std::uint32_t Emission::purpose(const Name& id) {
  const auto [known, is_new] =
      purpose_indexes_.emplace(id.text, static_cast<std::uint32_t>(builder.purposes.size()));
  if (is_new) {
    const PurposeSpec* spec = journey.purposes.find(id.text);
    builder.purposes.push_back({shown_id("purpose", id.text, false), unique_key("purpose", id),
                                cap("purpose", id, spec == nullptr ? CapSpec{} : spec->cap)});
  }
  return known->second;
}

std::uint32_t Emission::promise(const Name& id) {
  const auto [known, is_new] =
      promise_indexes_.emplace(id.text, static_cast<std::uint32_t>(builder.promises.size()));
  if (is_new) {
    const PromiseSpec* spec = journey.promises.find(id.text);
    const bool says_how_long = spec != nullptr && spec->for_ms != 0;
    builder.promises.push_back({shown_id("promise", id.text, false),
                                unique_key("promise", id),
                                {},
                                says_how_long ? spec->for_ms : kPromiseInForceDefaultMs});
  }
  return known->second;
}

std::uint32_t Emission::group(const Name& id) {
  const auto [known, is_new] =
      group_indexes_.emplace(id.text, static_cast<std::uint32_t>(builder.groups.size()));
  if (is_new) builder.groups.push_back({shown_id("group", id.text, false)});
  needs(kFeatureGovernance);
  return known->second;
}

std::uint32_t Emission::channel(const Name& id) {
  const auto [known, is_new] =
      channel_indexes_.emplace(id.text, static_cast<std::uint32_t>(builder.channels.size()));
  if (is_new) {
    check_count("channel", id, channel_indexes_.size(), kChannelsMax);
    const ChannelSpec* spec = journey.channels.find(id.text);
    ChannelRecord record{builder.string(id.text), 0,
                         cap("channel", id, spec == nullptr ? CapSpec{} : spec->cap), 0, 0};
    if (spec != nullptr && spec->quiet_from != spec->quiet_to) {
      use_local_time(builder);
      record.quiet_from = spec->quiet_from;
      record.quiet_to = spec->quiet_to;
    }
    if (spec != nullptr && !spec->consent.empty()) record.consent = consent(spec->consent.text) + 1;
    builder.channels.push_back(record);
  }
  return known->second;
}

std::uint32_t Emission::slot(const Name& id) {
  const auto [known, is_new] =
      slot_indexes_.emplace(id.text, static_cast<std::uint32_t>(builder.slots.size()));
  if (is_new) {
    check_count("slot", id, slot_indexes_.size(), kSlotsMax);
    builder.slots.push_back({builder.string(id.text)});
  }
  return known->second;
}

void Emission::check_count(std::string_view kind, const Name& id, std::size_t number, std::size_t limit) {
  if (number <= limit) return;
  diagnostics.error(id.offset, std::string(kind) + " '" + id.text + "' is the journey's " +
                                   std::to_string(number) + "th; it can have " + std::to_string(limit));
}

std::uint32_t Emission::shown_id(std::string_view kind, const std::string& id, bool is_public) {
  const bool is_hidden = target == Target::device && !is_public;
  return builder.string(is_hidden ? hashed_id(definition_key(kind, id)) : id);
}

std::uint32_t Emission::unique_key(std::string_view kind, const Name& id) {
  const std::uint32_t key = definition_key(kind, id.text);
  const auto [known, is_new] = keys_.emplace(std::pair(std::string(kind), key), id.text);
  if (!is_new && known->second != id.text) {
    diagnostics.error(id.offset, std::string(kind) + " '" + id.text + "' and '" + known->second +
                                     "' have the same hash; rename one of them");
  }
  return key;
}

Cap Emission::cap(std::string_view kind, const Name& id, const CapSpec& spec) const {
  if (spec.times == 0) return {};
  return {spec.times, definition_key("cap of " + std::string(kind), id.text), spec.per_ms};
}

}  // namespace desirepath::compiler
