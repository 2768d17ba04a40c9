#include "collector/reading/profile_reading.hpp"

#include <algorithm>

#include "collector/ingest/tagged_json.hpp"
#include "collector/ingest/timestamp.hpp"
#include "sdk/engine/ask.hpp"
#include "sdk/engine/behavior.hpp"
#include "sdk/engine/condition.hpp"
#include "sdk/engine/consent.hpp"
#include "sdk/engine/intent.hpp"
#include "sdk/engine/model.hpp"
#include "sdk/engine/score.hpp"
#include "sdk/engine/stage.hpp"
#include "sdk/engine/state.hpp"
#include "sdk/engine/trait.hpp"

namespace desirepath::collector {
namespace {

void add_value(NamedValues& values, std::string_view id, const Value& value) {
  const bool known =
      std::any_of(values.begin(), values.end(), [&](const auto& named) { return named.first == id; });
  if (!known) values.emplace_back(id, json_from_tagged(value));
}

void read_stage(const JourneyStanding& standing, ProfileReading& reading) {
  const Program& program = *standing.program;
  const State& state = *standing.state;
  JourneyReading journey;
  journey.journey = standing.journey;
  const CurrentStage stage = current_stage(program, state);
  if (stage.known) {
    journey.stage = program.string(program.stages()[stage.stage].id);
    journey.stage_since_ms = stage.since_ms;
    journey.stage_evidence = stage.anchor;
    journey.stage_confidence = confidence_in_stage(program, state, stage.stage);
    if (reading.stage.empty()) {
      reading.stage = journey.stage;
      reading.stage_since_ms = stage.since_ms;
    }
  }
  const Intent intent = session_intent(program, state);
  if (intent.known) {
    journey.intent = program.optional_string(program.stages()[intent.stage].intent);
    journey.intent_confidence = intent.confidence;
  }
  reading.journeys.push_back(std::move(journey));
}

void read_asks(const Scope& scope, ProfileReading& reading) {
  const std::int64_t next = next_ask(scope);
  if (next >= 0 && reading.next_ask.empty()) {
    reading.next_ask = scope.program.string(scope.program.asks()[static_cast<std::uint32_t>(next)].field);
  }
  for (std::uint32_t i = 0; i < scope.program.asks().size(); ++i) {
    const format::AskRecord& ask = scope.program.asks()[i];
    std::string field(scope.program.string(ask.field));
    const bool is_listed = std::find(reading.known_fields.begin(), reading.known_fields.end(), field) !=
                           reading.known_fields.end();
    if (!is_listed && !trait_value(scope.program, scope.state, ask.trait).is_null()) {
      reading.known_fields.push_back(std::move(field));
    }
  }
}

void read_journey(const JourneyStanding& standing, std::int64_t time_ms, ZoneTable zones,
                  ProfileReading& reading) {
  const Program& program = *standing.program;
  const State& state = *standing.state;
  read_stage(standing, reading);
  for (std::uint32_t i = 0; i < program.behaviors().size(); ++i) {
    add_value(reading.behaviors, program.string(program.behaviors()[i].id),
              read_behavior(program, state, i, time_ms).value);
  }
  for (std::uint32_t i = 0; i < program.scores().size(); ++i) {
    const format::ScoreRecord& score = program.scores()[i];
    add_value(reading.scores, program.string(score.id), Value::of(read_score(program, state, i, time_ms)));
    if (score.tiers.begin == score.tiers.end) continue;
    add_value(reading.tiers, program.string(score.id), read_tier(program, state, i, time_ms));
  }
  const Scope scope{program, state, nullptr, time_ms, zones};
  for (std::uint32_t i = 0; i < program.models().size(); ++i) {
    add_value(reading.propensity, program.string(program.models()[i].id), read_propensity(scope, i));
  }
  for (std::uint32_t i = 0; i < program.consents().size(); ++i) {
    add_value(reading.consent, program.string(program.consents()[i].category),
              consent_value(program, state, i));
  }
  read_asks(scope, reading);
  for (std::uint32_t i = 0; i < program.audiences().size(); ++i) {
    if (!holds(scope, program.audiences()[i].when)) continue;
    std::string id(program.string(program.audiences()[i].id));
    if (std::find(reading.audiences.begin(), reading.audiences.end(), id) == reading.audiences.end()) {
      reading.audiences.push_back(std::move(id));
    }
  }
}

}  // namespace

Result<RestoredState> restore_state(const ProfileRecord& profile, const Journey& journey) {
  const auto stored = std::find_if(profile.states.begin(), profile.states.end(),
                                   [&](const JourneyState& state) { return state.journey == journey.name; });
  const std::size_t length = stored == profile.states.end() ? 0 : stored->state.size();
  std::vector<std::uint8_t> bytes(std::max(length, State::kHeaderBytes));
  State state(bytes);
  if (length > 0) {
    std::copy(stored->state.begin(), stored->state.end(), bytes.begin());
    if (const StateAdoption adoption = state.adopt(length); !adoption) {
      return failure(ErrorCode::storage, "profile store: the state of journey " + journey.name +
                                             " is damaged at byte " + std::to_string(adoption.offset));
    }
  }
  return RestoredState{std::move(bytes), state};
}

ProfileReading read_standings(const std::vector<JourneyStanding>& standings, const JourneySet& journeys,
                              std::int64_t time_ms) {
  ProfileReading reading;
  for (const JourneyStanding& standing : standings) {
    const StepZones zones = journeys.zones->of(*standing.program, *standing.state);
    read_journey(standing, time_ms, zones, reading);
  }
  return reading;
}

Result<ProfileReading> read_profile(const ProfileRecord& profile, const JourneySet& journeys,
                                    std::int64_t time_ms) {
  std::vector<RestoredState> states;
  states.reserve(journeys.journeys.size());
  std::vector<JourneyStanding> standings;
  for (const Journey& journey : journeys.journeys) {
    auto restored = restore_state(profile, journey);
    if (!restored) return tl::unexpected(restored.error());
    states.push_back(std::move(*restored));
    standings.push_back({journey.name, &journey.view, &states.back().state});
  }
  return read_standings(standings, journeys, time_ms);
}

Result<std::vector<NamedIdentifier>> identifiers_of(ProfileSession& session, const IdentifierRules& rules,
                                                    NodeId profile) {
  std::vector<NamedIdentifier> identifiers;
  auto members = session.identities().members(profile);
  if (!members) return tl::unexpected(members.error());
  for (const NodeId member : *members) {
    auto node = session.identities().node(member);
    if (!node) return tl::unexpected(node.error());
    identifiers.push_back({std::move(node->node.identifier), node->node.proved});
  }
  std::sort(identifiers.begin(), identifiers.end(), [&](const NamedIdentifier& a, const NamedIdentifier& b) {
    return rules.stronger(a.identifier, b.identifier);
  });
  return identifiers;
}

std::string identifiers_json(const std::vector<NamedIdentifier>& identifiers) {
  std::string json = "[";
  for (const NamedIdentifier& named : identifiers) {
    json += json.size() > 1 ? ",{\"type\":" : "{\"type\":";
    append_json_string(json, named.identifier.type);
    json += ",\"value\":";
    append_json_string(json, named.identifier.value);
    json += named.proved ? ",\"trust\":\"proved\"}" : ",\"trust\":\"claimed\"}";
  }
  return json + ']';
}

std::string traits_json(const TraitBook& traits) {
  std::string json = "{";
  for (const auto& [name, record] : traits.all()) {
    const Value value = record.chosen() == nullptr ? Value{} : record.chosen()->value();
    if (value.is_null()) continue;
    if (json.size() > 1) json += ',';
    append_json_string(json, name);
    json += ':';
    json += json_from_tagged(value);
  }
  return json + '}';
}

std::string values_json(const NamedValues& values) {
  std::string json = "{";
  for (const auto& [id, value] : values) {
    if (json.size() > 1) json += ',';
    append_json_string(json, id);
    json += ':';
    json += value;
  }
  return json + '}';
}

std::string list_json(const std::vector<std::string>& texts) {
  std::string json = "[";
  for (const std::string& text : texts) {
    if (json.size() > 1) json += ',';
    append_json_string(json, text);
  }
  return json + ']';
}

std::string audiences_json(const ProfileReading& reading) {
  return list_json(reading.audiences);
}

std::string journeys_json(const ProfileReading& reading) {
  std::string json = "[";
  const auto add = [&](const char* key, const std::string& text) {
    json += key;
    if (text.empty()) {
      json += "null";
    } else {
      append_json_string(json, text);
    }
  };
  for (const JourneyReading& journey : reading.journeys) {
    if (json.size() > 1) json += ',';
    add("{\"journey\":", journey.journey);
    add(",\"stage\":", journey.stage);
    add(",\"stageSince\":", journey.stage.empty() ? "" : format_timestamp(journey.stage_since_ms));
    add(",\"stageEvidence\":", journey.stage_evidence);
    json += ",\"stageConfidence\":";
    append_json_number(json, journey.stage_confidence);
    add(",\"intent\":", journey.intent);
    json += ",\"intentConfidence\":";
    append_json_number(json, journey.intent_confidence);
    json += '}';
  }
  return json + ']';
}

std::string asks_json(const ProfileReading& reading) {
  std::string json = "{\"next\":";
  if (reading.next_ask.empty()) {
    json += "null";
  } else {
    append_json_string(json, reading.next_ask);
  }
  return json + ",\"known\":" + list_json(reading.known_fields) + '}';
}

}  // namespace desirepath::collector
