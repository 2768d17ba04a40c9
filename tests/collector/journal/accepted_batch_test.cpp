#include <doctest/doctest.h>

#include <limits>

#include "collector/journal/accepted_batch.hpp"

using namespace desirepath::collector;

namespace {

AcceptedBatch sample() {
  AcceptedBatch batch;
  batch.received_at_ms = 1'790'000'000'000;
  batch.source = "web";
  batch.trust = Trust::proved;
  batch.events.push_back({1'789'999'999'000, "m1", R"({"type":"track","event":"Ä"})"});
  batch.events.push_back(
      {std::numeric_limits<std::int64_t>::min(), std::string(128, 'x'), std::string(40'000, 'j')});
  batch.events.push_back({std::numeric_limits<std::int64_t>::max(), "", ""});
  batch.rejected.push_back({"plan", "no price", "properties.price", "Order Completed", "m2", "{\"type\":7"});
  batch.rejected.push_back({"not_json", "", "", "", "", std::string("\0\xff", 2)});
  batch.marks.push_back({7, RejectedMark::Fate::discarded, 1'790'000'000'000});
  batch.marks.push_back({std::numeric_limits<std::int64_t>::max(), RejectedMark::Fate::replayed, 0});
  return batch;
}

}  // namespace

TEST_CASE("accepted batch: bytes and back") {
  const AcceptedBatch batch = sample();
  const auto bytes = encode(batch);
  const auto decoded = decode_batch(bytes);
  REQUIRE(decoded);
  CHECK(*decoded == batch);
  CHECK(encode(*decoded) == bytes);
  CHECK(decode_batch(encode(AcceptedBatch{})).value() == AcceptedBatch{});
}

TEST_CASE("accepted batch: every changed bit and every truncation is noticed") {
  AcceptedBatch batch = sample();
  batch.events.resize(1);
  const auto bytes = encode(batch);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    for (int bit = 0; bit < 8; ++bit) {
      auto changed = bytes;
      changed[i] = static_cast<std::uint8_t>(changed[i] ^ (1 << bit));
      CHECK_FALSE(decode_batch(changed).has_value());
    }
    CHECK_FALSE(decode_batch(std::span(bytes).first(i)).has_value());
  }
}
