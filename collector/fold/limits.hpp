// Every bound of the fold, with its unit and what it means in the world.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace desirepath::collector {

// Bytes of events that one transaction of the fold takes at most. It takes what the journal holds: little
// where the fold keeps up, so that reads are fresh; with a backlog more, so that what a session brings is
// written once. About 150,000 events, a few seconds.
inline constexpr std::size_t kFoldBytesMax = std::size_t{160} << 20;

// Bytes of events in memory that are folded at a time, several times a transaction. About 12,000 events.
inline constexpr std::size_t kFoldSliceBytesMax = std::size_t{12} << 20;

// What a transaction has changed and not written yet, from which on it ends.
inline constexpr std::size_t kUnwrittenProfilesMax = 50'000;
inline constexpr std::size_t kUnwrittenProfileBytesMax = std::size_t{48} << 20;
inline constexpr std::size_t kUnwrittenChunkBytesMax = std::size_t{40} << 20;

// Events that one transaction of a rebuild takes, about: what is lost of it to a crash.
inline constexpr std::size_t kRebuildEventsMax = 5'000;

// Journal batches read and parsed as one portion.
inline constexpr std::size_t kReadAheadBatches = 256;

// Bytes of parsed events that wait for the fold.
inline constexpr std::size_t kReadAheadBytesMax = std::size_t{8} << 20;

// What is remembered between transactions: about the people active in a busy hour. Forgotten as a whole when
// full.
inline constexpr std::size_t kCachedNodesMax = 80'000;
inline constexpr std::size_t kCachedLinksMax = 40'000;
inline constexpr std::size_t kCachedStreamsMax = 50'000;
inline constexpr std::size_t kCachedHashesMax = 1'000'000;
inline constexpr std::size_t kCachedProfilesMax = 40'000;
inline constexpr std::size_t kCachedProfileBytesMax = std::size_t{32} << 20;

// Segments of a transaction from which on they are encoded on a thread of their own, and how many are handed
// over at a time: waking it costs as much as encoding a few.
inline constexpr std::size_t kSegmentsShared = 32;
inline constexpr std::size_t kSegmentsAtOnce = 16;

// Overlapping chunks a strand collects from late events before it is put in order again.
inline constexpr std::size_t kLateChunksMax = 16;

// Events of a strand that is still put in order as a whole; beyond, its late chunks stay apart.
inline constexpr std::size_t kCompactEventsMax = 4'096;

// Earlier versions of one journey that a refold goes through: what older ones left is decided by the oldest
// kept. A weekly release for half a year.
inline constexpr std::size_t kEarlierVersionsMax = 26;

// Events of a large profile between two of its checkpoints: what a late event refolds at most, beside what
// has come since. Smaller profiles have none.
inline constexpr std::size_t kCheckpointEvents = 1'000;

// Checkpoints of one profile, and their bytes in all: a visitor of years, or a till that signs in as one
// customer. Past either, older ones are thinned.
inline constexpr std::size_t kCheckpointsMax = 64;
inline constexpr std::size_t kCheckpointBytesMax = std::size_t{2} << 20;

// Events that late events of one stream may have refolded at once, and a second after that; beyond, the
// refolds wait. A phone that was off for a week is far below; a second's worth is a few hundredths of what
// the fold does in one.
inline constexpr std::uint64_t kRefoldedEventsMax = 50'000;
inline constexpr std::uint64_t kRefoldedEventsPerSecond = 1'000;

// Streams of which is known what they have had refolded.
inline constexpr std::size_t kRefoldAccountsMax = 10'000;

// Events refolded in one transaction for profiles that waited: one more profile is begun below it.
inline constexpr std::uint64_t kReplayedPerSweep = 20'000;

// Profiles woken in one transaction: new events wait for no more. With a backlog, at the begin of each large
// one of new events.
inline constexpr std::size_t kWakesPerSweep = 5'000;
inline constexpr std::size_t kWakesPerBacklog = 20'000;

// Profiles refolded for a new journey in one transaction, and how many ids are looked through for them at a
// time.
inline constexpr std::size_t kRefoldsPerSweep = 1'000;
inline constexpr std::int64_t kIdsPerSweep = 20'000;

// Waiting outbox rows held against the suppression list in one transaction.
inline constexpr std::size_t kOutboxRowsPerSweep = 500;

// Of the retention sweep, in one transaction: strands looked at, profiles that events are let go of, profile
// ids whose old decisions go, and rows of the other tables.
inline constexpr std::size_t kStrandsPerSweep = 2'000;
inline constexpr std::size_t kForgottenPerSweep = 100;
inline constexpr std::int64_t kDecisionIdsPerSweep = 20'000;
inline constexpr std::size_t kOldRowsPerSweep = 500;

// How often the sweep goes through all profiles.
inline constexpr std::int64_t kRetentionSweepMs = std::int64_t{24} * 3'600'000;

// Expired events of one sender whose consent is remembered: a change of mind each week for five years.
inline constexpr std::size_t kRemaindersMax = 256;

// Engines that wait for the next reader of the past; each has a journey's largest state for every version.
inline constexpr std::size_t kReplayEnginesIdleMax = 4;

// How far the wall clock may be from the machine's running time before it is a jump: five minutes, more than
// any time service corrects in one step on a machine that runs.
inline constexpr std::int64_t kClockJumpMs = 5 * 60 * 1000;

// How long the wall clock must stand by a jump before it is followed.
inline constexpr std::int64_t kClockJumpHeldMs = 15 * 60 * 1000;

// How long the fold sleeps when nothing is due.
inline constexpr std::chrono::milliseconds kFoldIdle{250};

// How long an erasure waits before it asks again whether readers have let go of what was before, and how long
// in all before it answers that they have not.
inline constexpr std::chrono::milliseconds kErasureRetry{50};
inline constexpr std::chrono::seconds kErasureRetryUnderLoad{1};
inline constexpr std::chrono::seconds kErasureWaitMax{50};

// How long it waits after a failed transaction before it tries again.
inline constexpr std::chrono::milliseconds kFoldRetry{500};

}  // namespace desirepath::collector
