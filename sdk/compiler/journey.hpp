// A journey as read from its file: typed, with the places of what later checks may complain about. Conditions
// stay JSON until they are compiled; they point into the parsed source, which must outlive this.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sdk/compiler/compile.hpp"
#include "sdk/compiler/json_source.hpp"
#include "sdk/compiler/spec_list.hpp"
#include "sdk/engine/limits.hpp"
#include "sdk/engine/program_format.hpp"

namespace desirepath::compiler {

// A name in the source, with where it stands.
struct Name {
  std::string text;
  std::size_t offset = 0;

  bool empty() const { return text.empty(); }
};

struct CapSpec {
  std::uint32_t times = 0;  // 0: none
  std::int64_t per_ms = 0;
};

// An event by name, and what it must carry.
struct EventFilter {
  Name event;
  const JsonNode* where = nullptr;
};

struct BehaviorSpec {
  Name id;
  EventFilter filter;  // of a sequence none
  format::BehaviorKind kind = format::BehaviorKind::count;
  Name fact;                             // of all kinds but count and sequence
  std::vector<EventFilter> steps;        // of a sequence
  std::vector<EventFilter> not_between;  // of a sequence
  std::int64_t within_ms = 0;
  std::int64_t half_life_ms = 0;  // of an affinity
  std::uint32_t keep = 0;         // 0: not said
  bool is_public = false;
  bool is_of_server = false;   // only servers observe its events
  bool is_for_device = false;  // and devices may know what they observed
  const JsonNode* source = nullptr;
};

// What an event adds to a score: points, or the number a fact carries.
struct ScoreAddSpec {
  EventFilter filter;
  double points = 0;
  Name fact;
};

struct TierSpec {
  Name name;
  double from = 0;
};

struct ScoreSpec {
  Name id;
  std::int64_t half_life_ms = 0;  // 0: it stays
  std::vector<ScoreAddSpec> add;
  std::vector<TierSpec> tiers;  // the lowest first
  bool is_public = false;
  std::string identity;  // what the state depends on
};

// A fact, divided by `per`, or a condition.
struct ModelTermSpec {
  Name fact;
  const JsonNode* when = nullptr;
  double weight = 0;
  double missing = 0;
  double per = 1;
};

struct ModelSpec {
  Name id;
  double intercept = 0;
  std::vector<ModelTermSpec> terms;
  bool is_public = false;
};

struct AudienceSpec {
  Name id;
  const JsonNode* condition = nullptr;
};

struct StageRuleSpec {
  EventFilter filter;
  const JsonNode* when = nullptr;
  const JsonNode* source = nullptr;
};

// A measure of a stage; kpi_formula.hpp says what its formula may be.
struct KpiSpec {
  Name id;
  Name formula;
};

struct StageSpec {
  Name id;
  Name owner;
  Name intent;
  std::vector<Name> touchpoints;
  std::vector<KpiSpec> kpis;
  std::vector<StageRuleSpec> enter;
  std::vector<StageRuleSpec> exit;
  std::int64_t stuck_after_ms = 0;  // 0: never
  std::vector<Name> expected_next;
  bool is_public = false;
  std::size_t offset = 0;
};

struct ActionSpec {
  Name channel;
  Name slot;
  Name destination;
  std::string content;  // compact JSON
  const JsonNode* content_source = nullptr;
};

// What brings a trigger about, or begins its wait.
enum class OccasionKind : std::uint8_t {
  event,
  stage_enter,
  stage_leave,
  stage_stuck,
  audience_enter,
  audience_leave,
  date,
};

constexpr bool is_of_stage(OccasionKind kind) {
  return kind == OccasionKind::stage_enter || kind == OccasionKind::stage_leave ||
         kind == OccasionKind::stage_stuck;
}

constexpr bool is_of_audience(OccasionKind kind) {
  return kind == OccasionKind::audience_enter || kind == OccasionKind::audience_leave;
}

struct ScheduleSpec {
  Name fact;
  std::int64_t offset_ms = 0;
  std::optional<std::uint32_t> minute;  // of the person's day; none: at the date's own time
};

struct TriggerSpec {
  Name id;
  OccasionKind occasion = OccasionKind::event;
  EventFilter filter;               // of an event
  Name occasion_of;                 // of a stage or an audience
  ScheduleSpec schedule;            // of a date
  std::int64_t wait_ms = 0;         // 0: at once
  std::vector<EventFilter> absent;  // what ends the wait
  const JsonNode* when = nullptr;
  Name purpose;
  Name promise;
  Name group;
  CapSpec cap;
  std::int64_t freshness_ms = kFreshnessDefaultMs;
  std::int32_t priority = 0;
  std::vector<ActionSpec> actions;
  Name outcome;  // the behavior that shows whether the trigger helps
  bool has_outcome = false;
  bool is_enabled = true;
  bool is_public = false;
  std::size_t offset = 0;
};

struct PurposeSpec {
  Name id;
  CapSpec cap;
};

struct ChannelSpec {
  Name id;
  CapSpec cap;
  Name consent;
  std::uint32_t quiet_from = 0;  // minutes since local midnight; equal to quiet_to: none
  std::uint32_t quiet_to = 0;
};

// A field we may ask for; `id` is its name.
struct AskSpec {
  Name id;
  Name trait;
  CapSpec cap;
  const JsonNode* when = nullptr;
  std::int32_t priority = 0;
};

// What becomes of people who are in a stage that this version no longer has.
struct MigrationSpec {
  Name from;  // a stage of an earlier version
  Name to;
};

struct PromiseSpec {
  Name id;
  std::vector<Name> contradicts;
  std::int64_t for_ms = 0;
};

// Without channels, of every channel; without purposes, of every purpose.
struct SuppressionSpec {
  Name id;
  const JsonNode* when = nullptr;
  std::vector<Name> channels;
  std::vector<Name> purposes;
};

struct GroupSpec {
  Name id;
};

// What of a trigger an experiment changes.
enum class PathKind { wait, channels, content, enabled };

// One level of a path; which member is meant is said by the path's kind.
struct LevelSpec {
  std::string text;  // in the treatment
  std::int64_t wait_ms = 0;
  std::vector<std::string> channels;
  std::string content;  // compact JSON
  const JsonNode* content_source = nullptr;
  bool is_enabled = true;
};

struct PathSpec {
  Name trigger;
  PathKind kind = PathKind::wait;
  std::vector<LevelSpec> levels;
};

// All paths have as many levels; the first one's texts name them.
struct FactorSpec {
  Name name;
  std::string first_path;
  std::vector<PathSpec> paths;
  std::vector<double> weights;  // empty: equal
};

struct ExperimentSpec {
  Name id;
  std::size_t offset = 0;
  std::string unit = "anonymousId";
  double coverage = 1;
  double holdout = 0;
  Name name_space;
  double namespace_from = 0;
  double namespace_to = 1;
  std::vector<FactorSpec> factors;
  Name outcome;
  bool is_public = false;

  // Whether a factor changes something of the trigger.
  bool changes(std::string_view trigger) const;
};

// The experiment that holds people out of the whole journey.
inline constexpr std::string_view kHoldoutExperiment = "holdout";

struct Journey {
  std::string name;
  std::int64_t version = 0;
  std::vector<MigrationSpec> migrations;
  bool migrates_waits = false;  // "inflight": "migrate"
  std::vector<IdentifierDeclaration> identifiers;
  SpecList<BehaviorSpec> behaviors;
  SpecList<ScoreSpec> scores;
  SpecList<ModelSpec> models;
  SpecList<AudienceSpec> audiences;
  SpecList<StageSpec> stages;
  SpecList<PurposeSpec> purposes;
  SpecList<ChannelSpec> channels;
  SpecList<PromiseSpec> promises;
  std::vector<SuppressionSpec> suppressions;
  SpecList<GroupSpec> groups;
  SpecList<AskSpec> asks;
  SpecList<ExperimentSpec> experiments;
  double holdout = 0;
  SpecList<TriggerSpec> triggers;
};

// Reads and checks the shape of a journey: unknown keys, wrong types, unknown references, what a journey
// lacks. Every mistake goes to `diagnostics`; what is returned is whole only when there was no error.
Journey read_journey(const JsonNode& root, std::string_view text, Diagnostics& diagnostics);

}  // namespace desirepath::compiler
