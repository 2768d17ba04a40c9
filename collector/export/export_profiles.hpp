// Everything out, in a stream of constant memory and one snapshot. Lines are sorted by profile id, then by
// the order of events; the same set of events gives the same bytes.
#pragma once

#include <string_view>

#include "collector/error.hpp"
#include "collector/export/table_writer.hpp"
#include "collector/fold/journeys.hpp"
#include "collector/profile/profile_store.hpp"

namespace desirepath::collector {

// JSON [contract]:
// {"profile","identifiers":[{"type","value","trust"}],"traits":{name:value},"stage","stageSince",
// "audiences":[…],"behaviors":{…},"scores":{…},"firstSeen","lastSeen"}. Behaviors, scores and audiences are
// as of lastSeen. CSV:
// profile,userId,anonymousId,stage,stageSince,firstSeen,lastSeen,audiences,identifiers,traits,behaviors,scores;
// of several userIds or anonymousIds the first by value, the last five columns as JSON.
Result<void> export_profiles(ProfileStore& store, const JourneySet& journeys, ExportFormat format,
                             const ExportSink& sink);

// JSON: each event as it was accepted, which `desirepath import` and `run` read again. CSV:
// profile,timestamp,messageId,type,
// event,userId,anonymousId,receivedAt,source,trust,properties,traits,context; the last three as JSON. Events
// that name nobody come last, without a profile.
Result<void> export_events(ProfileStore& store, ExportFormat format, const ExportSink& sink);

// JSON: lines of the decision log with "revision" and, where a refold no longer yields it, "retracted":true.
// CSV: profile,
// timestamp,messageId,trigger,outcome,reason,channel,slot,treatment,decisionId,revision,retracted.
Result<void> export_decisions(ProfileStore& store, ExportFormat format, const ExportSink& sink);

}  // namespace desirepath::collector
