// What one subject's export says of each profile, line by line. Used by ExportRun, which holds the snapshot.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "collector/error.hpp"
#include "collector/export/table_writer.hpp"
#include "collector/fold/journeys.hpp"
#include "collector/profile/profile_store.hpp"
#include "collector/reading/line_condition.hpp"

namespace desirepath::collector {

enum class ExportSubject : std::uint8_t { profiles, events, decisions };

// "profiles", "events" or "decisions".
std::optional<ExportSubject> parse_export_subject(std::string_view word);

// What a run tells, the same for all its lines.
struct ExportScope {
  const JourneySet* journeys = nullptr;
  ExportFormat format = ExportFormat::jsonl;
  std::optional<LineCondition> where;
  std::optional<std::uint64_t> after;  // position; none: everything
  std::uint64_t upto = 0;              // position at the beginning
};

class ExportLines {
 public:
  virtual ~ExportLines() = default;
  virtual std::string_view heading() const = 0;  // of CSV, with its line end
  // Takes up a profile.
  virtual Result<void> open(ProfileSession& session, const ProfileRows::Listed& profile) = 0;
  // Appends a line or a few of the profile taken up; false at its end.
  virtual Result<bool> append(ProfileSession& session, std::string& out) = 0;
  // What follows in the middle of a profile, or of the rest, is read from another snapshot.
  virtual Result<void> renew(ProfileSession& session) = 0;
  // Appends what is said beyond the profiles; false when that is all.
  virtual Result<bool> append_rest(ProfileSession& session, std::string& out) = 0;
};

// JSON [contract]:
// {"profile","identifiers":[{"type","value","trust"}],"traits":{name:value},"stage","stageSince",
// "audiences":[…],"behaviors":{…},"scores":{…},"firstSeen","lastSeen"}. Behaviors, scores and audiences are
// as of lastSeen. CSV:
// profile,userId,anonymousId,stage,stageSince,firstSeen,lastSeen,audiences,identifiers,traits,behaviors,scores;
// of several userIds or anonymousIds the first by value, the last five columns as JSON.
std::unique_ptr<ExportLines> profile_lines(const ExportScope& scope);

// JSON: each event as it was accepted, which `desirepath import` and `run` read again. CSV:
// profile,timestamp,messageId,type,
// event,userId,anonymousId,receivedAt,source,trust,properties,traits,context; the last three as JSON. Events
// that name nobody come last, without a profile.
std::unique_ptr<ExportLines> event_lines(const ExportScope& scope);

// JSON: lines of the decision log with "revision" and, where a refold no longer yields it, "retracted":true;
// of those that were to be sent "status", the outbox row's state. CSV: profile,
// timestamp,messageId,trigger,outcome,reason,channel,slot,treatment,decisionId,revision,retracted,status.
std::unique_ptr<ExportLines> decision_lines(const ExportScope& scope);

}  // namespace desirepath::collector
