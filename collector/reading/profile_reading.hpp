// What a profile's state means at a moment: stage, behaviors, scores and audiences of all its journeys,
// ready for JSON. Reads never write.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "collector/error.hpp"
#include "collector/fold/journeys.hpp"
#include "collector/fold/profile_engine.hpp"
#include "collector/profile/profile_store.hpp"
#include "sdk/engine/state.hpp"

namespace desirepath::collector {

// Ids with their values as JSON, in declared order; of several journeys that have one id, the first's.
using NamedValues = std::vector<std::pair<std::string, std::string>>;

// Where one journey has the profile, and why.
struct JourneyReading {
  std::string journey;
  std::string stage;  // empty: in none
  std::int64_t stage_since_ms = 0;
  std::string stage_evidence;   // messageId of the event that met the stage's rule
  double stage_confidence = 0;  // share of the latest session's evidence that speaks for the stage
  std::string intent;           // of the latest session; empty: none
  double intent_confidence = 0;
};

struct ProfileReading {
  std::vector<JourneyReading> journeys;
  std::string stage;  // empty: in none; of the first journey that has the profile in one
  std::int64_t stage_since_ms = 0;
  std::vector<std::string> audiences;  // those it is in, in declared order
  NamedValues behaviors;
  NamedValues scores;
  NamedValues tiers;                      // of each score that has any; null below all
  NamedValues propensity;                 // of each model
  NamedValues consent;                    // of each category, true or false; null where nothing was said
  std::string next_ask;                   // the field most useful to ask for now; empty: none
  std::vector<std::string> known_fields;  // of the journeys' asks, those nobody need ask again
};

// A journey's state in memory of its own; empty where the profile has none yet.
struct RestoredState {
  std::vector<std::uint8_t> bytes;
  State state;
};
// ErrorCode::storage when it is damaged.
Result<RestoredState> restore_state(const ProfileRecord& profile, const Journey& journey);

// The same of journeys that stand in an engine, or in states of the caller's.
ProfileReading read_standings(const std::vector<JourneyStanding>& standings, const JourneySet& journeys,
                              std::int64_t time_ms);

// ErrorCode::storage when a state is damaged.
Result<ProfileReading> read_profile(const ProfileRecord& profile, const JourneySet& journeys,
                                    std::int64_t time_ms);

// The profile's identifiers, the strongest first.
struct NamedIdentifier {
  Identifier identifier;
  bool proved = false;
};
Result<std::vector<NamedIdentifier>> identifiers_of(ProfileSession& session, const IdentifierRules& rules,
                                                    NodeId profile);

// [{"type","value","trust"}]
std::string identifiers_json(const std::vector<NamedIdentifier>& identifiers);
// {"name":value,…} of the chosen values, by name; removed ones left out.
std::string traits_json(const TraitBook& traits);
// {"id":value,…}
std::string values_json(const NamedValues& values);
// ["id",…]
std::string audiences_json(const ProfileReading& reading);
std::string list_json(const std::vector<std::string>& texts);
// [{"journey","stage","stageSince","stageEvidence","stageConfidence","intent","intentConfidence"}]
std::string journeys_json(const ProfileReading& reading);
// {"next":field|null,"known":[field,…]}
std::string asks_json(const ProfileReading& reading);

}  // namespace desirepath::collector
