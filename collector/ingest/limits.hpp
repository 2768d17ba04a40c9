// The limits of what comes in. The sender's side of each is in collector/openapi.yaml.
#pragma once

#include <cstddef>
#include <cstdint>

namespace desirepath::collector {

// One request's body, as sent and after decompression: Segment's own limit for a batch.
inline constexpr std::size_t kBodyBytesMax = 500'000;
// One event of JSON: Segment's own limit. A cart with a hundred lines has about 15 KB.
inline constexpr std::size_t kEventJsonBytesMax = 32'768;
// Events in a batch; the smallest useful event has about 80 bytes, so the body's limit comes first.
inline constexpr std::size_t kBatchEventsMax = 10'000;
// An event's name; the field's longest are around 60 bytes.
inline constexpr std::size_t kEventNameBytesMax = 256;
// Ids remembered for counting duplicates, in each of two generations: some seconds at full load, hours at a
// shop's.
inline constexpr std::size_t kRecentEventsMax = 1u << 16;
// Bodies parsed at the same time; more would only wait for the processor and each holds some megabytes.
inline constexpr std::size_t kParsersMax = 8;
// What is parsed for a body of the largest size stays allocated in this many parsers at most.
inline constexpr std::size_t kParserBytesKept = 64 * 1024;

// What stamping may add to an event of the largest size: ids, times, and what the collector knows of its
// circumstance.
inline constexpr std::size_t kStampBytesMax = 2'048;
// What an operator may set the two limits to. Beyond, one event would be a file, and one body most of a
// commit.
inline constexpr std::size_t kEventJsonBytesLeast = 1'024;
inline constexpr std::size_t kEventJsonBytesMost = 1'000'000;
inline constexpr std::size_t kBodyBytesLeast = 10'000;
inline constexpr std::size_t kBodyBytesMost = 10'000'000;

// A clock is wrong from here on: beyond what networks and queues of a page delay.
inline constexpr std::int64_t kClockToleranceMs = 5 * 60'000;
// Devices with wrong clocks that are remembered: one in fifty of five million. 40 bytes each.
inline constexpr std::size_t kClockDevicesMax = 100'000;

// Events a tracking plan may name; the field's large ones have a few thousand.
inline constexpr std::size_t kPlannedEventsMax = 10'000;
// What is told of a mistake against the plan, in bytes; a member's name may be as long as an event.
inline constexpr std::size_t kPlanMessageBytesMax = 400;

// A text of a receipt: a decisionId, a template's name, a reason.
inline constexpr std::size_t kReceiptTextBytesMax = 1'024;
// Receipts in one request.
inline constexpr std::size_t kReceiptsMax = 1'000;

// Of a User-Agent as much is read; the longest honest ones, of in-app browsers, have around 400 bytes.
inline constexpr std::size_t kUserAgentBytesRead = 512;

// Journal bytes beyond which ingest answers 429 while the fold is behind: some minutes of full load. A
// setting may change it; less than two journal files would refuse what is folded at once.
inline constexpr std::uint64_t kBacklogBytesMax = std::uint64_t{4} << 30;
inline constexpr std::int64_t kBacklogBytesLeast = std::int64_t{128} << 20;
inline constexpr std::int64_t kBacklogBytesMost = std::int64_t{1} << 42;

}  // namespace desirepath::collector
