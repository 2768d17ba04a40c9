#include "collector/fold/chunk_encoder.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <numeric>
#include <random>
#include <string>
#include <vector>

#include "collector/fold/limits.hpp"
#include "collector/ingest/tagged_json.hpp"

using namespace desirepath::collector;

namespace {

// Letters that no compressor makes less of.
std::string noise(std::size_t bytes) {
  static std::mt19937 random{11};
  std::string text(bytes, ' ');
  for (char& c : text) c = static_cast<char>('A' + random() % 26);
  return text;
}

std::vector<StoredEvent> some_events(std::size_t count, std::size_t padding) {
  std::vector<StoredEvent> events;
  for (std::size_t i = 0; i < count; ++i) {
    StoredEvent event;
    event.timestamp_ms = 1'700'000'000'000 + static_cast<std::int64_t>(i);
    event.received_at_ms = event.timestamp_ms;
    event.position = 1;
    event.message_id = "m" + std::to_string(i);
    event.source = "web";
    // Spaces: the tree does not render to it, so that it is stored as it is.
    event.json = "{ \"n\": " + std::to_string(i) + ", \"text\": \"" + noise(padding) + "\" }";
    event.tree = *tagged_from_json(event.json);
    events.push_back(std::move(event));
  }
  return events;
}

std::vector<ChunkEncoder::Segment> in_segments(const std::vector<StoredEvent>& events) {
  std::vector<ChunkEncoder::Segment> segments;
  for (std::size_t at = 0; at < events.size();) {
    const std::size_t count = std::min<std::size_t>(1 + at % 3, events.size() - at);
    segments.push_back(ChunkEncoder::Segment(events).subspan(at, count));
    at += count;
  }
  return segments;
}

}  // namespace

TEST_CASE(
    "chunk encoder: few segments or many come as the codec writes them, in whatever order they are taken") {
  ChunkEncoder encoder;
  ChunkCodec codec;
  std::mt19937 random{5};
  for (const std::size_t count : {std::size_t{1}, 2 * kSegmentsShared, 100 * kSegmentsAtOnce}) {
    CAPTURE(count);
    const auto events = some_events(count, 40);
    const auto segments = in_segments(events);
    std::vector<std::size_t> order(segments.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::shuffle(order.begin(), order.end(), random);
    encoder.begin(segments);
    for (const std::size_t index : order) {
      const EncodedChunk got = encoder.take(index);
      const EncodedChunk expected = codec.encode(segments[index]);
      REQUIRE(got.hashes == expected.hashes);
      REQUIRE(got.events == expected.events);
      REQUIRE(got.json == expected.json);
    }
    encoder.end();
  }
}

TEST_CASE("chunk encoder: a batch given up at any point leaves the next one whole") {
  ChunkEncoder encoder;
  ChunkCodec codec;
  for (std::size_t round = 0; round < 40; ++round) {
    const auto events = some_events(10 * kSegmentsShared, 10);
    std::vector<ChunkEncoder::Segment> segments;
    for (const StoredEvent& event : events) segments.push_back({&event, 1});
    encoder.begin(segments);
    for (std::size_t i = 0; i < round * 8; ++i)
      REQUIRE(encoder.take(i).hashes == codec.encode(segments[i]).hashes);
    encoder.end();
  }
}
