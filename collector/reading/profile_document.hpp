// What GET /v1/profiles/{type}:{value} and its parts answer, as JSON text. Any thread; each call reads one
// snapshot.
//
// `type` is an identifier type (`userId`, `anonymousId`, or one the journey declares) or `profile` for a
// profile id; the id that a profile had before a merge still finds it. Unknown: ErrorCode::not_found.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "collector/error.hpp"

namespace desirepath::collector {

struct JourneySet;
class ProfileStore;
class ReplayEngines;

// Events, decisions and recent lists in one answer.
inline constexpr std::size_t kAnswerEventsDefault = 1'000;
inline constexpr std::size_t kAnswerEventsMax = 10'000;

// {"profile","asOf","identifiers":[{"type","value","trust"}],"traits":{name:{"value","source","trust",
// "timestamp","rule","others":[…]}},"stage","stageSince","journeys":[…],"audiences":[…],"behaviors":{…},
// "scores":{…},"tiers":{…},"propensity":{…},"consent":{…},"asks":{…},"stageHistory":[…],"audienceHistory":[…],
// then the lists of profile_context.hpp, "events" (how many),"firstSeen","lastSeen","cursor"}.
//
// Stage and stageSince are null without a stage; `journeys` says where each journey has the person, by which
// event, and how much of the latest session speaks for it (profile_reading.hpp). Audiences, behaviors and
// what follows from them are as of now; of a tier or a behavior that says nothing, null. Of each trait the
// chosen value: a proved one before a claimed one, then the latest ("rule" says which of the two it was); the
// other values are kept beside it. Histories (profile_past.hpp) are null for a profile of more than
// kHistoryInlineEventsMax events: history_json tells them.
//
// With `as_of_ms` everything is as it was then: folded anew from the events that had happened by that time,
// by the journey versions of that time. Who is who is as known today. ErrorCode::not_found where there were
// no events yet; ErrorCode::too_large past kPastEventsMax events.
Result<std::string> profile_json(ProfileStore& store, ReplayEngines& engines, std::string_view type,
                                 std::string_view value, std::int64_t now_ms,
                                 std::optional<std::int64_t> as_of_ms = std::nullopt);

// {"profile","stages":[…],"audiences":[…],"cursor"}: the newest `limit` moves of each, oldest first
// (profile_past.hpp). Folded anew from the profile's events; too_large past kPastEventsMax of them.
Result<std::string> history_json(ProfileStore& store, ReplayEngines& engines, std::string_view type,
                                 std::string_view value, std::int64_t now_ms, std::size_t limit);

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
