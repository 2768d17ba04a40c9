#include "collector/profile/event_chunk.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <string>

#include "collector/ingest/tagged_json.hpp"

using namespace desirepath::collector;

namespace {

StoredEvent stored(std::int64_t time_ms, const std::string& id, const std::string& json,
                   const std::string& source = "web") {
  StoredEvent event;
  event.timestamp_ms = time_ms;
  event.received_at_ms = time_ms + 1500;
  event.position = 1000 - message_hash(id) % 100;
  event.message_id = id;
  event.source = source;
  event.trust = source == "server" ? Trust::proved : Trust::claimed;
  event.json = json;
  event.tree = *tagged_from_json(json);
  return event;
}

std::vector<StoredEvent> some_events(std::size_t count, std::size_t padding) {
  std::vector<StoredEvent> events;
  for (std::size_t i = 0; i < count; ++i) {
    events.push_back(
        stored(1'700'000'000'000 + static_cast<std::int64_t>(i * 40), "m" + std::to_string(i),
               "{\"n\":" + std::to_string(i) + ",\"text\":\"" + std::string(padding, 'x') + "\"}",
               i % 3 == 0 ? "server" : "web"));
  }
  return events;
}

void check_equal(const std::vector<StoredEvent>& a, const std::vector<StoredEvent>& b) {
  REQUIRE(a.size() == b.size());
  for (std::size_t i = 0; i < a.size(); ++i) {
    CHECK(a[i].timestamp_ms == b[i].timestamp_ms);
    CHECK(a[i].received_at_ms == b[i].received_at_ms);
    CHECK(a[i].position == b[i].position);
    CHECK(a[i].message_id == b[i].message_id);
    CHECK(a[i].source == b[i].source);
    CHECK(a[i].trust == b[i].trust);
    CHECK(a[i].tree == b[i].tree);
    CHECK(a[i].json == b[i].json);
  }
}

Bytes bytes_from_hex(std::string_view digits) {
  Bytes bytes;
  for (std::size_t at = 0; at + 1 < digits.size(); at += 2) {
    bytes.push_back(static_cast<std::uint8_t>(std::stoi(std::string(digits.substr(at, 2)), nullptr, 16)));
  }
  return bytes;
}

}  // namespace

TEST_CASE("a chunk gives back its events, small or large, in one segment or many") {
  ChunkCodec codec;
  for (const std::size_t padding : {std::size_t{0}, std::size_t{30}, std::size_t{3000}}) {
    const auto events = some_events(12, padding);
    EncodedChunk whole = codec.encode(events);
    CHECK(whole.count == 12);
    CHECK(whole.first_ms == events.front().timestamp_ms);
    CHECK(whole.last_ms == events.back().timestamp_ms);
    CHECK(whole.position == std::max_element(events.begin(), events.end(), [](const auto& a, const auto& b) {
                              return a.position < b.position;
                            })->position);
    auto decoded = ChunkCodec::decode(whole.events);
    REQUIRE(decoded);
    REQUIRE(ChunkCodec::add_json(whole.json, *decoded));
    check_equal(*decoded, events);

    EncodedChunk grown;
    for (const StoredEvent& event : events) {
      const EncodedChunk segment = codec.encode({&event, 1});
      grown.hashes.insert(grown.hashes.end(), segment.hashes.begin(), segment.hashes.end());
      grown.events.insert(grown.events.end(), segment.events.begin(), segment.events.end());
      grown.json.insert(grown.json.end(), segment.json.begin(), segment.json.end());
    }
    CHECK(grown.hashes == whole.hashes);
    auto again = ChunkCodec::decode(grown.events);
    REQUIRE(again);
    REQUIRE(ChunkCodec::add_json(grown.json, *again));
    check_equal(*again, events);
  }
}

TEST_CASE("a chunk written by the first release is read by every later one") {
  const auto events =
      ChunkCodec::decode(bytes_from_hex("700000009e00000028b52ffd209e3d030064030101010377656280a0abfef962b817"
                                        "0e00026d318801067f020000006d3101000000610631"
                                        "6765062005746c650404000000486f6d650e00ed8542ec0809d01c00a4305319e100"
                                        "4879324e0b4e889273e90338a8dae01408d8b9208c90"
                                        "a1b3b00126e8c231"));
  REQUIRE(events);
  std::vector<StoredEvent> whole = *events;
  REQUIRE(ChunkCodec::add_json(
      bytes_from_hex(
          "320000006500000028b52ffd20654d010080610000002c6d3161486f6d65227d7d7d0700d78204309505a38bb88dc5"
          "8cedc5f14571ad23452602"),
      whole));
  auto expected = stored(
      1'700'000'000'000, "m1",
      R"({"type":"page","messageId":"m1","anonymousId":"a","context":{"page":{"path":"/","title":"Home"}}})");
  expected.position = 7;
  check_equal(whole, {expected});
}

TEST_CASE("a lone page view is stored in a fraction of its bytes") {
  ChunkCodec codec;
  const auto lone = stored(
      1'700'000'000'000, "ajs-next-1700000000000-3f2a",
      R"({"type":"page","messageId":"ajs-next-1700000000000-3f2a","timestamp":"2023-11-14T22:13:20.000Z","anonymousId":)"
      R"("8a4bb0c2-5f0e-4a6e-9d53-000000000001","context":{"page":{"url":"https://shop.example/p/1","path":"/p/1","title":)"
      R"("Trail shoe","referrer":"https://shop.example/list"},"locale":"de-DE","utcOffset":120},"properties":{"title":"x"}})");
  const EncodedChunk chunk = codec.encode({&lone, 1});
  CHECK(chunk.json.size() * 3 < lone.json.size() * 2);
  CHECK(chunk.events.size() * 3 < lone.tree.size() * 2);
}

TEST_CASE("hashes tell which messageIds may be there") {
  ChunkCodec codec;
  const auto chunk = codec.encode(some_events(5, 1));
  CHECK(has_hash(chunk.hashes, message_hash("m4")));
  CHECK_FALSE(has_hash(chunk.hashes, message_hash("m5")));
}

TEST_CASE("damaged chunks are errors, never crashes") {
  ChunkCodec codec;
  const auto chunk = codec.encode(some_events(6, 900));
  for (std::uint32_t seed = 1; seed <= 2000; ++seed) {
    CAPTURE(seed);
    std::mt19937 random(seed);
    Bytes events = chunk.events;
    Bytes json = chunk.json;
    for (Bytes* bytes : {&events, &json}) {
      if (random() % 2 == 0) bytes->resize(random() % bytes->size());
      for (int i = 0; i < 3 && !bytes->empty(); ++i)
        (*bytes)[random() % bytes->size()] = static_cast<std::uint8_t>(random());
    }
    auto decoded = ChunkCodec::decode(events);
    if (decoded) (void)ChunkCodec::add_json(json, *decoded);
    auto whole = ChunkCodec::decode(chunk.events);
    REQUIRE(whole);
    (void)ChunkCodec::add_json(json, *whole);
  }
  Bytes cut = chunk.events;
  cut.pop_back();
  CHECK(ChunkCodec::decode(cut).error().code == ErrorCode::storage);
}
