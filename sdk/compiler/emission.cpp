#include "sdk/compiler/emission.hpp"

#include <cstdio>

#include "sdk/engine/identity.hpp"

namespace desirepath::compiler {

using namespace format;

namespace {

std::string hashed_id(std::uint32_t key) {
  char text[kHashedIdBytes + 1];
  std::snprintf(text, sizeof text, "#%08x", key);
  return text;
}

}  // namespace

Emission::Emission(const Journey& the_journey, const JsonNode& the_root, std::string_view the_text,
                   Target the_target, Diagnostics& the_diagnostics)
    : journey(the_journey),
      text(the_text),
      target(the_target),
      diagnostics(the_diagnostics),
      compared(the_root),
      names_{[this](const Name& id) { return behavior(id); }, [this](const Name& id) { return audience(id); },
             [this](std::string_view name) { return trait(name); },
             [this](std::string_view category) { return consent(category); },
             [this](const Name& id) { return stage_id(id); }},
      conditions(builder, names_, diagnostics, for_device()) {}

std::int64_t Emission::behavior(const Name& id) {
  const BehaviorSpec* spec = find_spec(journey.behaviors, id.text);
  if (spec == nullptr) {
    diagnostics.error(
        id.offset, "unknown behavior '" + id.text + "'" + did_you_mean(id.text, ids_of(journey.behaviors)));
    return -1;
  }
  return behaviors.index_of(*spec);
}

std::int64_t Emission::audience(const Name& id) {
  if (in_audience) {
    diagnostics.error(id.offset, "an audience cannot name another; repeat its condition here");
    return -1;
  }
  const AudienceSpec* spec = find_spec(journey.audiences, id.text);
  if (spec == nullptr) {
    diagnostics.error(
        id.offset, "unknown audience '" + id.text + "'" + did_you_mean(id.text, ids_of(journey.audiences)));
    return -1;
  }
  return audiences.index_of(*spec);
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
  const StageSpec* spec = find_spec(journey.stages, id.text);
  if (spec == nullptr) {
    diagnostics.error(id.offset,
                      "unknown stage '" + id.text + "'" + did_you_mean(id.text, ids_of(journey.stages)));
    return id.text;
  }
  return builder.strings()[shown_id("stage", spec->id.text, spec->is_public)];
}

std::uint32_t Emission::purpose(const Name& id) {
  const auto [known, is_new] =
      purpose_indexes_.emplace(id.text, static_cast<std::uint32_t>(builder.purposes.size()));
  if (is_new) {
    const PurposeSpec* spec = find_spec(journey.purposes, id.text);
    builder.purposes.push_back({shown_id("purpose", id.text, false), unique_key("purpose", id),
                                cap("purpose", id, spec == nullptr ? CapSpec{} : spec->cap)});
  }
  return known->second;
}

std::uint32_t Emission::channel(const Name& id) {
  const auto [known, is_new] =
      channel_indexes_.emplace(id.text, static_cast<std::uint32_t>(builder.channels.size()));
  if (is_new) {
    const ChannelSpec* spec = find_spec(journey.channels, id.text);
    ChannelRecord record{builder.string(id.text), 0,
                         cap("channel", id, spec == nullptr ? CapSpec{} : spec->cap)};
    if (spec != nullptr && !spec->consent.empty()) record.consent = consent(spec->consent.text) + 1;
    builder.channels.push_back(record);
  }
  return known->second;
}

std::uint32_t Emission::slot(const Name& id) {
  const auto [known, is_new] =
      slot_indexes_.emplace(id.text, static_cast<std::uint32_t>(builder.slots.size()));
  if (is_new) builder.slots.push_back({builder.string(id.text)});
  return known->second;
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
