// The program's bytes: a compiled journey, immutable and read in place. Fixed records in sections; every
// cross reference is an index, checked once on load. The compiler writes this format, Program reads it.
//
//   header · section table · sections
//
// `+1` in a comment means: stored as index + 1, 0 for none. All records are little-endian without padding.
#pragma once

#include <cstddef>
#include <cstdint>

namespace desirepath::format {

inline constexpr std::uint32_t kMagic = 0x314a5044;  // "DPJ1"
inline constexpr std::uint16_t kVersion = 2;

enum class Section : std::uint32_t {
  text,       // bytes of all strings, each after its u32 length
  strings,    // StringRecord
  constants,  // bytes of tagged values
  lists,      // u32 indexes, what of is said by who refers to a range
  paths,      // PathRecord
  facts,      // FactRecord, sorted by (root, key hash, key)
  nodes,      // NodeRecord, conditions in prefix order
  behaviors,
  audiences,
  stages,
  stage_rules,
  traits,
  consents,
  purposes,
  channels,
  slots,
  triggers,  // in declared order
  actions,
  cancels,
  events,  // EventRecord, sorted by (name hash, name)
  indexes,
  buckets,
  triggers_by_key,  // u32: all triggers by key
  patterns,
  pattern_code,
  pattern_ranges,
  promises,
  suppressions,
  groups,
  experiments,
  factors,
  cells,
  forms,
  migrations,
  sequence_steps,
  scores,
  score_adds,
  tiers,
  models,
  model_terms,
  asks,  // by priority, then as declared
  watches,
  schedules,
  count_
};
inline constexpr std::uint32_t kSectionCount = static_cast<std::uint32_t>(Section::count_);

struct SectionEntry {
  std::uint32_t offset;  // from the start of the program
  std::uint32_t count;   // records; bytes for `text` and `constants`
};

// Facts the engine reads by itself, beside those that conditions name.
enum class EngineFact : std::uint32_t {
  decision_id,  // of effect facts: properties.decisionId, .trigger, .purpose, .promise, .channel
  trigger,
  purpose,
  promise,
  channel,
  consent,  // context.consent
  page,     // context.page, …
  campaign,
  device,
  screen,
  os,
  locale,
  timezone,
  utc_offset,
  asked_field,  // properties.field of `Field Asked`
  experiment,   // of assignment facts: properties.experiment, .treatment, .holdout, .unit
  treatment,
  holdout,  // true in an effect fact too: what would have been shown
  unit,
  count_
};
inline constexpr std::uint32_t kEngineFactCount = static_cast<std::uint32_t>(EngineFact::count_);

struct Header {
  std::uint32_t magic;
  std::uint16_t version;
  std::uint16_t section_count;
  std::uint32_t features;         // features.hpp
  std::uint32_t length;           // of the whole program
  std::uint32_t state_bytes_max;  // worst case of one profile's state
  std::uint32_t decisions_max;    // decisions one instant can propose
  std::uint32_t anchors_max;      // anchors of one instant that time brings
  std::uint32_t journey;          // string
  std::uint32_t journey_version;
  std::uint32_t uses_session;             // 1 where something reads the session
  std::uint32_t uses_context;             // a bit for each ContextField that the state keeps
  std::uint32_t migrates_waits;           // 1: a new version moves armed waits to its own `for`
  std::uint32_t holdout_experiment;       // +1: the one that holds people out of the whole journey
  std::uint32_t facts[kEngineFactCount];  // by EngineFact, +1; 0 where the program has no use for it
};

// Header and section table lie one behind the other; what follows begins 8-aligned.
inline constexpr std::size_t kTableAt = (sizeof(Header) + 7) / 8 * 8;

// Header and section table; what every program has at least.
inline constexpr std::size_t kHeadBytes = kTableAt + kSectionCount * sizeof(SectionEntry);

struct StringRecord {
  std::uint32_t offset;  // in section text, of the length
};

// A range of section lists; of which kind of index is said by the field's name.
struct Range {
  std::uint32_t begin;
  std::uint32_t end;
};

// The way from a fact into its value: string indexes, one key a step.
struct PathRecord {
  Range keys;
};

enum class Root : std::uint32_t { properties, context, traits, event };

struct FactRecord {
  std::uint32_t root;
  std::uint32_t key_hash;
  std::uint32_t key;   // string
  std::uint32_t path;  // string: root, dot, key
};

enum class Op : std::uint8_t {
  // over the nodes that follow, up to `end`
  all_of,
  any_of,
  none_of,
  // over a subject and a constant
  is_number,   // implicit equality with a number: text that reads as that number is equal
  is_boolean,  // implicit equality with a boolean: of truth
  equal,
  not_equal,
  greater,
  greater_or_equal,
  less,
  less_or_equal,
  in,
  not_in,
  exists,
  type_is,  // the constant has the bit of the value's Tag
  version_equal,
  version_greater,
  version_greater_or_equal,
  version_less,
  version_less_or_equal,
  // over a subject and, in place of the constant, a pattern
  matches,
  // over a subject that is an array and the nodes that follow, up to `end`, which read Subject::element
  any_element,  // one element holds all of them
  size_is,      // the number of elements does
  count_
};

enum class Subject : std::uint8_t {
  none,
  fact,  // index: fact
  event_name,
  event_type,
  trait,  // index: trait
  stage,
  stage_age,   // ms since it was entered
  behavior,    // index: behavior
  audience,    // index: audience; a boolean
  session,     // index: SessionField
  consent,     // index: consent; a boolean
  element,     // inside any_element and size_is: the element, the number of elements
  score,       // index: score
  tier,        // index: score; the name of its tier
  propensity,  // index: model
  context,     // index: ContextField
  now,         // index: NowField; a number
  intent,      // index: IntentField
  asked,       // index: ask; how often
  count_
};

enum class SessionField : std::uint32_t { number, pages, events, age, count_ };

// What the engine derives from an event's context. The number is the key of its record in the state: new ones
// come last.
enum class ContextField : std::uint32_t {
  campaign_name,
  campaign_source,
  campaign_medium,
  campaign_term,
  campaign_content,
  click_id,
  device_type,
  device_os,
  device_locale,
  session_referrer,
  session_landing,
  session_engaged,
  count_
};

enum class NowField : std::uint32_t { hour, minute, weekday, day, month, year, count_ };

enum class IntentField : std::uint32_t { intent, confidence, count_ };

struct NodeRecord {
  std::uint8_t op;
  std::uint8_t subject;
  std::uint16_t reserved;
  std::uint32_t index;     // by subject
  std::uint32_t path;      // +1
  std::uint32_t constant;  // offset in section constants, for ops with a constant; a pattern for `matches`
  std::uint32_t end;       // index of the node after this one's last child
};
static_assert(sizeof(NodeRecord) == 20);

enum class BehaviorKind : std::uint32_t {
  count,
  sum,
  last,
  min,
  max,
  first,
  distinct,
  sequence,
  affinity,
  count_
};

struct BehaviorRecord {
  std::uint32_t id;   // string
  std::uint32_t key;  // of its state record
  std::uint32_t kind;
  std::uint32_t where;  // node +1
  std::uint32_t fact;   // +1: what is summed, compared or remembered; of all kinds but count and sequence
  std::uint32_t path;   // +1
  std::uint32_t keep;   // entries kept: of a window, of the values told apart, of the texts of an affinity
  std::uint32_t reserved;
  std::int64_t within_ms;     // 0: for ever; of a sequence, from its first event to its last
  std::int64_t half_life_ms;  // of an affinity
  Range steps;                // of section sequence_steps: of a sequence, in order
  Range breakers;             // the same: events that must not come in between
};
static_assert(sizeof(BehaviorRecord) == 64);

struct SequenceStepRecord {
  std::uint32_t event;  // string
  std::uint32_t where;  // node +1
};

struct ScoreRecord {
  std::uint32_t id;           // string
  std::uint32_t key;          // of its state record
  std::int64_t half_life_ms;  // 0: it stays
  Range tiers;                // of section tiers, the lowest first
};
static_assert(sizeof(ScoreRecord) == 24);

// What one event adds to a score: `points`, or the number a fact carries.
struct ScoreAddRecord {
  std::uint32_t score;
  std::uint32_t where;  // node +1
  std::uint32_t fact;   // +1
  std::uint32_t path;   // +1
  double points;
};
static_assert(sizeof(ScoreAddRecord) == 24);

struct TierRecord {
  std::uint32_t name;  // string
  std::uint32_t reserved;
  double from;
};
static_assert(sizeof(TierRecord) == 16);

// A logistic model: the probability 1 / (1 + e^-z), z the intercept and all terms.
struct ModelRecord {
  std::uint32_t id;  // string
  std::uint32_t reserved;
  Range terms;  // of section model_terms, added in order
  double intercept;
};
static_assert(sizeof(ModelRecord) == 24);

enum class TermKind : std::uint32_t { number, truth, count_ };

// A term reads the number its node's subject is, or whether its node holds. No node it reaches reads a model.
struct ModelTermRecord {
  std::uint32_t node;
  std::uint32_t kind;
  double weight;
  double missing;  // what counts where the subject is no number, before the weight
  double per;      // what the number is divided by, above 0
};
static_assert(sizeof(ModelTermRecord) == 32);

// Audiences stand in the order of their nodes.
struct AudienceRecord {
  std::uint32_t id;            // string
  std::uint32_t when;          // node
  std::uint32_t reads_models;  // 1 where its condition reads a model; no model reads such an audience
};

// What an occasion leads to. Both sorted by rank.
struct Occasion {
  Range arms;      // lists: triggers whose wait begins
  Range triggers;  // lists: triggers that are decided at once
};

struct StageRecord {
  std::uint32_t id;   // string
  std::uint32_t key;  // identity in the state
  Occasion entered;
  Occasion left;
  Range stuck;           // lists: triggers
  std::uint32_t intent;  // string +1: what the person wants here
  std::uint32_t reserved;
  std::int64_t stuck_after_ms;  // 0: never
};
static_assert(sizeof(StageRecord) == 64);

// An audience whose coming and going of members is an occasion.
struct WatchRecord {
  std::uint32_t audience;
  std::uint32_t key;  // of its state record
  Occasion entered;
  Occasion left;
  std::uint32_t of_every_event;  // 1 where any event can change it
};
static_assert(sizeof(WatchRecord) == 44);

enum class StageRuleKind : std::uint32_t { enter, exit, count_ };

// An event that makes a person enter the stage, or leave it for none.
struct StageRuleRecord {
  std::uint32_t stage;
  std::uint32_t when;  // node +1
  std::uint32_t kind;
  std::uint32_t key;  // identity in the state
};

// A stage of an earlier version, and the stage its people are in from now on.
struct MigrationRecord {
  std::uint32_t from_key;
  std::uint32_t to;  // stage
};

struct TraitRecord {
  std::uint32_t name;  // string
  std::uint32_t key;
  std::uint32_t fact;
};

struct ConsentRecord {
  std::uint32_t category;  // string
  std::uint32_t key;
};

// How often something may take effect: `times` in any window of `per_ms`. times 0: no cap.
struct Cap {
  std::uint32_t times;
  std::uint32_t key;  // of the state record that counts
  std::int64_t per_ms;
};
static_assert(sizeof(Cap) == 16);

struct PurposeRecord {
  std::uint32_t id;   // string
  std::uint32_t key;  // of the record of who served it last
  Cap cap;
};

struct ChannelRecord {
  std::uint32_t id;       // string
  std::uint32_t consent;  // +1
  Cap cap;
  std::uint32_t quiet_from;  // minutes since local midnight; equal to quiet_to: never
  std::uint32_t quiet_to;
};
static_assert(sizeof(ChannelRecord) == 32);

struct AskRecord {
  std::uint32_t field;  // string
  std::uint32_t trait;  // that makes the field known
  std::uint32_t when;   // node +1
  std::uint32_t keep;   // times kept where there is a cap
  Cap cap;              // its key is the record's also where there is no cap
};
static_assert(sizeof(AskRecord) == 32);

// What a message offers. Contradictions are mutual.
struct PromiseRecord {
  std::uint32_t id;   // string
  std::uint32_t key;  // of the record of who promised it, kept where something contradicts it
  Range contradicts;  // lists: promises
  std::int64_t for_ms;
};
static_assert(sizeof(PromiseRecord) == 24);

// A condition under which nothing is said.
struct SuppressionRecord {
  std::uint32_t id;        // string
  std::uint32_t when;      // node
  std::uint32_t channels;  // a bit for each it covers; 0: all
  Range purposes;          // lists: the purposes it covers; empty: all
};

// Of the triggers of a group one speaks in an instant.
struct GroupRecord {
  std::uint32_t id;  // string
};

struct SlotRecord {
  std::uint32_t id;  // string
};

struct TriggerRecord {
  std::uint32_t id;        // string
  std::uint32_t key;       // identity in effects and, for a delayed one, of its wait
  std::uint32_t rank;      // order of arbitration: priority, then declaration
  std::uint32_t where;     // node +1: over the event that fires or arms it
  std::uint32_t arm_when;  // node +1: the part of `when` that needs the arming event
  std::uint32_t when;      // node +1: the rest, over the state at the time it fires
  std::uint32_t purpose;   // +1
  std::uint32_t promise;   // +1
  Cap cap;
  std::int64_t
      served_within_ms;       // how long another trigger's effect for the same purpose holds this one back
  std::int64_t wait_ms;       // after the occasion; 0: at once, or at a date
  Range actions;              // of section actions
  std::int64_t freshness_ms;  // how old a decision may be when it is acted on
  std::uint32_t group;        // +1
  std::uint32_t waits;        // 1 where it fires by time: after its wait, or at a date
  std::uint32_t experiment;   // +1
  Range forms;                // one for each cell of the experiment
  std::uint32_t is_disabled;  // 1: as declared it says nothing; a treatment may enable it
};
static_assert(sizeof(TriggerRecord) == 104);

// What people are tried on. A cell is a level of each factor; the last factor's levels change fastest.
struct ExperimentRecord {
  std::uint32_t id;             // string
  std::uint32_t key;            // of the person's place, and in facts
  std::uint32_t unit_fact;      // fact: what is hashed
  std::uint32_t coverage;       // how many buckets take part
  std::uint32_t coverage_seed;  // seeds are FNV-1a of their texts
  std::uint32_t holdout;        // how many buckets are held out
  std::uint32_t holdout_seed;
  std::uint32_t name_space;      // string +1: what stands behind the unit
  std::uint32_t namespace_from;  // coarse buckets
  std::uint32_t namespace_to;
  Range factors;  // of section factors
  Range cells;    // of section cells, as many as the factors' levels multiplied
};

// What differs, and between how many.
struct FactorRecord {
  std::uint32_t seed;
  Range levels;  // of section lists: the bucket behind each level's last, in order
};

struct CellRecord {
  std::uint32_t treatment;  // string
  std::uint32_t key;
};

// A trigger as one treatment has it.
struct FormRecord {
  std::int64_t wait_ms;
  Range actions;  // of section actions
  std::uint32_t is_disabled;
  std::uint32_t reserved;
};
static_assert(sizeof(FormRecord) == 24);

enum class DateSource : std::uint32_t { trait, behavior, count_ };

// A date in a person's facts that a trigger waits for.
struct ScheduleRecord {
  std::uint32_t trigger;
  std::uint32_t source;
  std::uint32_t index;     // by source
  std::uint32_t path;      // +1
  std::int64_t offset_ms;  // of the trigger's time from the date; negative: before it
  std::uint32_t minute;    // +1: of the person's day; 0: at the date's own time
  std::uint32_t reserved;
};
static_assert(sizeof(ScheduleRecord) == 32);

struct ActionRecord {
  std::uint32_t channel;
  std::uint32_t slot;         // +1
  std::uint32_t content;      // string: JSON text
  std::uint32_t destination;  // string +1
};

// An event that ends the wait of a delayed trigger.
struct CancelRecord {
  std::uint32_t trigger;
  std::uint32_t where;  // node +1
};

// What one event name can touch. Trigger lists are sorted by rank.
struct EventRecord {
  std::uint32_t name_hash;
  std::uint32_t name;  // string
  Range behaviors;     // lists: behaviors
  Range stage_rules;   // lists: stage rules, those that enter before those that exit, last declared first
  Range cancels;       // lists: cancels
  Range arms;          // lists: delayed triggers
  Range triggers;      // lists: triggers under no index
  Range indexes;       // of section indexes
  Range score_adds;    // lists: score_adds
  Range evidence;      // lists: stages whose intent the event speaks for
  Range watches;       // lists: watches this event can change, but for those every event can
  Range schedules;     // lists: schedules whose date this event can change
};
static_assert(sizeof(EventRecord) == 88);

// Triggers of one event that demand text equality of one fact, found by that text's hash.
struct IndexRecord {
  std::uint32_t fact;
  std::uint32_t path;  // +1
  Range buckets;       // of section buckets: a table with open addressing, of a power of two
};

// At its hash modulo the table's size, or after what came there first.
struct BucketRecord {
  std::uint32_t hash;  // FNV-1a of the text
  Range triggers;      // lists; none: the place is free
};

// A pattern's code, side by side with that of the pattern before it.
struct PatternRecord {
  Range code;  // of section pattern_code
};

enum class PatternOp : std::uint8_t {
  match,
  character,  // reads the code point `operand`
  set,        // reads a code point in one of `target` ranges from `operand` on
  split,      // goes on here and at `target`
  jump,       // goes on at `target`
  text_begin,
  text_end,
  word_boundary,
  no_word_boundary,
  count_
};

struct PatternInstruction {
  std::uint8_t op;
  std::uint8_t reserved;
  std::uint16_t target;  // an instruction of this pattern; of a set the number of its ranges
  std::uint32_t operand;
};
static_assert(sizeof(PatternInstruction) == 8);

// Code points from `first` to `last`; those of one set ascend and do not overlap.
struct PatternRange {
  std::uint32_t first;
  std::uint32_t last;
};

}  // namespace desirepath::format
