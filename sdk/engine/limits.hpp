// Every bound of the engine, with its unit and what it means in the world.
#pragma once

#include <cstddef>
#include <cstdint>

namespace desirepath {

// Containers inside containers in an event's values; deeper is a mistake or an attack, never a shop's cart.
inline constexpr int kValueDepthMax = 16;

// Objects and arrays inside each other in a journey's file; its own deepest place is about half of that.
inline constexpr int kJsonDepthMax = 64;

// Conditions inside conditions; a person cannot read a deeper one.
inline constexpr int kConditionDepthMax = 24;

// Instructions of one pattern, its counted repeats written out: what a search carries from one character to
// the next, 6 KB of stack. A list of two hundred words fits.
inline constexpr std::uint32_t kPatternInstructionsMax = 1024;

// Ranges of code points in one class of a pattern; all of Unicode's letters are fewer than 700.
inline constexpr std::uint32_t kPatternRangesMax = 1024;

// Groups inside groups of one pattern.
inline constexpr int kPatternDepthMax = 64;

// Bytes of one program: about fifty thousand rules with their content.
inline constexpr std::size_t kProgramBytesMax = std::size_t{64} << 20;

// Bytes of one profile's state: in the browser (shares 5 MB of local storage with the site) and in the
// collector.
inline constexpr std::size_t kDeviceStateBytesMax = 3 * 1024;
inline constexpr std::size_t kFullStateBytesMax = 64 * 1024;

// Bytes of an event's messageId; Segment's own libraries use up to 60.
inline constexpr std::size_t kMessageIdBytesMax = 128;

// Bytes of one event record handed over by a host; the wire's limit for an event is 32 KB of JSON.
inline constexpr std::size_t kEventBytesMax = 64 * 1024;

// Bytes of a trait or of a `last` value that the state remembers; longer text is cut and marked inexact.
inline constexpr std::size_t kStateValueBytesMax = 96;

// Times or pairs a windowed behavior keeps when its journey says nothing; past it the value carries
// `inexact`.
inline constexpr std::uint32_t kBehaviorKeepDefault = 64;
inline constexpr std::uint32_t kBehaviorKeepMax = 4096;

// Texts an affinity keeps when its journey says nothing: more interests than a page has room to act on.
inline constexpr std::uint32_t kAffinityKeepDefault = 8;

// Events in a row that a sequence asks for, and events it forbids in between.
inline constexpr std::uint32_t kSequenceStepsMax = 16;

// Effects a cap looks back on: "at most a thousand a year" is not a cap.
inline constexpr std::uint32_t kCapTimesMax = 100;

// Reservations a cap holds beyond its `times`, so that taking some back leaves what it counts exact: one
// message on four channels, all given up.
inline constexpr std::uint32_t kOpenReservationsMax = 3;

// Latest effects a purpose or promise remembers, by different triggers or still open.
inline constexpr std::uint32_t kServedEntriesMax = 4;

// Conditions that hold messages back: law, complaints, bereavement, strikes; not a second set of triggers.
inline constexpr std::uint32_t kSuppressionsMax = 64;

// Bytes of a person's place in an experiment: when, which treatment, whose hash, flags.
inline constexpr std::size_t kAssignmentBytes = 15;

// Experiments of one journey, its holdout with them, and treatments of one: a reader's report has a line
// each.
inline constexpr std::uint32_t kExperimentsMax = 64;
inline constexpr std::uint32_t kCellsMax = 64;

// Places in pages, and ways to reach a person. One instant fires at most one decision for each.
inline constexpr std::uint32_t kSlotsMax = 64;
inline constexpr std::uint32_t kChannelsMax = 32;

// How long an effect serves its purpose for other triggers where neither purpose nor trigger has a cap: a
// day.
inline constexpr std::int64_t kPurposeServedDefaultMs = std::int64_t{24} * 60 * 60 * 1000;

// How long an effect's promise holds where its journey does not say: a day.
inline constexpr std::int64_t kPromiseInForceDefaultMs = std::int64_t{24} * 60 * 60 * 1000;

// Audiences that triggers watch. Each is looked at anew whenever it can change, so that this bounds what an
// instant costs.
inline constexpr std::uint32_t kWatchesMax = 32;

// Decisions, and anchors, an outcome has room for beyond those of one instant: waits that were due before an
// event rarely make a host call twice.
inline constexpr std::uint32_t kOutcomeSpare = 64;

// How long a trigger waits after its occasion.
inline constexpr std::int64_t kWaitMinMs = 1000;
inline constexpr std::int64_t kWaitMaxMs = std::int64_t{200} * 365 * 24 * 60 * 60 * 1000;

// A time of day is a minute of it.
inline constexpr std::uint32_t kMinutesPerDay = 24 * 60;

// How old a decision may be when it is acted on, where its trigger says nothing: an hour.
inline constexpr std::int64_t kFreshnessDefaultMs = 60 * 60 * 1000;

// Equality facts an event's rules are indexed by; more attributes than a product or a page has.
inline constexpr std::uint32_t kIndexesPerEventMax = 32;

// Silence that ends a session; the field's common 30 minutes.
inline constexpr std::int64_t kSessionGapMs = 30 * 60 * 1000;

// Bytes of a zone's name; the longest of the IANA data base has 32.
inline constexpr std::size_t kZoneNameBytesMax = 40;

// Zones a host hands in at once, and changes of one zone's clocks; the restless have four a year.
inline constexpr std::size_t kZonesMax = 4;
inline constexpr std::size_t kZoneChangesMax = 512;

// Minutes a place's clocks can be off UTC, either way; the world's widest is 14 hours.
inline constexpr std::int32_t kUtcOffsetMinutesMax = 18 * 60;

// Times the state can hold: 48 bits of milliseconds, until the year 10889.
inline constexpr std::int64_t kTimeMaxMs = (std::int64_t{1} << 48) - 2;

}  // namespace desirepath
