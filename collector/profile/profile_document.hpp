// What GET /v1/profiles/{type}:{value} and its parts answer, as JSON text. Any thread; each call reads one
// snapshot.
//
// `type` is an identifier type (`userId`, `anonymousId`, or one the journey declares) or `profile` for a
// profile id; the id that a profile had before a merge still finds it. Unknown: ErrorCode::not_found.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "collector/error.hpp"

namespace desirepath::collector {

struct JourneySet;
class ProfileStore;

// Events, decisions and recent lists in one answer.
inline constexpr std::size_t kAnswerEventsDefault = 1'000;
inline constexpr std::size_t kAnswerEventsMax = 10'000;

// {"profile","identifiers":[{"type","value","trust"}],"traits":{name:{"value","source","trust","timestamp","rule",
// "others":[…]}},"stage","stageSince","audiences":[…],"behaviors":{…},"scores":{…},"tiers":{…},
// "propensity":{…},"communications":[…],"actions":[…],"content":[…],"firstSeen","lastSeen","cursor"}. Stage
// and stageSince are null without a stage. Audiences, behaviors and what follows from them are as of
// `now_ms`; of a tier or a behavior that says nothing, null.
Result<std::string> profile_json(ProfileStore& store, const JourneySet& journeys, std::string_view type,
                                 std::string_view value, std::int64_t now_ms);

// {"profile","total","events":[{"receivedAt","source","trust","event":{…}}],"cursor"}: the newest `limit`,
// oldest first.
Result<std::string> events_json(ProfileStore& store, std::string_view type, std::string_view value,
                                std::size_t limit = kAnswerEventsDefault);

// {"profile","total","decisions":[{…}],"cursor"}: the newest `limit`, oldest first, each as a line of the
// decision log with "revision", and "retracted":true where a refold no longer yields it.
Result<std::string> decisions_json(ProfileStore& store, std::string_view type, std::string_view value,
                                   std::size_t limit = kAnswerEventsDefault);

// {"profile","timestamp","messageId","triggers":[{"journey",…}],"cursor"}: each trigger as explanation_json
// says, as of `now_ms`, as if the event with that messageId came then; without one the newest event, and
// messageId is null where the profile has none. `trigger` leaves out all others. ErrorCode::not_found for an
// unknown trigger, or an event that is not among the newest 500.
Result<std::string> explain_json(ProfileStore& store, const JourneySet& journeys, std::string_view type,
                                 std::string_view value, std::string_view trigger,
                                 std::string_view message_id, std::int64_t now_ms);

// {"profile","links":[{"a","b","trust","timestamp","messageId","verdict"}],"cuts":[…]}: why these identifiers
// are one person, every link with its cause, and the conflicts and cuts that keep others apart.
Result<std::string> ledger_json(ProfileStore& store, const JourneySet& journeys, std::string_view type,
                                std::string_view value);

}  // namespace desirepath::collector
