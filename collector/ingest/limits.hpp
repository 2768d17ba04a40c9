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

}  // namespace desirepath::collector
