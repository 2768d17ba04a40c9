// Events on their way into chunks: what waits to be written, and what is forgotten meanwhile.
#include "collector/fold/strand_fold.hpp"

#include <doctest/doctest.h>

#include <random>
#include <string>
#include <vector>

#include "collector/ingest/tagged_json.hpp"
#include "collector/profile/profile_store.hpp"
#include "collector/support/temp_directory.hpp"

using namespace desirepath::collector;
using desirepath::collector::tests::TempDirectory;

namespace {

StoredEvent numbered(int number) {
  StoredEvent event;
  event.timestamp_ms = 1'700'000'000'000 + number;
  event.received_at_ms = event.timestamp_ms;
  event.position = 1;
  event.message_id = "m" + std::to_string(number);
  event.source = "web";
  event.json = "{\"n\":" + std::to_string(number) + '}';
  event.tree = *tagged_from_json(event.json);
  return event;
}

}  // namespace

TEST_CASE("strand fold: each event is written once, whatever is written and forgotten on the way") {
  constexpr int kEvents = 400;
  constexpr NodeId kStreams = 9;
  for (std::uint32_t seed = 1; seed <= 6; ++seed) {
    CAPTURE(seed);
    std::mt19937 random(seed);
    const TempDirectory directory;
    auto session = ProfileSession::open(directory.path() / "profiles.db", true);
    REQUIRE(session);
    StrandFold strands((*session)->strands(), 3);  // most are forgotten again and again
    REQUIRE((*session)->begin());
    for (int i = 0; i < kEvents;) {
      strands.forget_when_full();
      for (std::size_t count = 1 + random() % 5; count > 0 && i < kEvents; --count, ++i) {
        const auto stream = static_cast<NodeId>(1 + random() % kStreams);
        auto added = strands.add(stream, stream, numbered(i));
        REQUIRE(added);
        CHECK(added->is_kept);
        auto again = strands.add(stream, stream, numbered(i));
        REQUIRE(again);
        CHECK_FALSE(again->is_kept);
      }
      REQUIRE(strands.flush());
      for (const StrandNews& news : strands.news()) {
        if (random() % 2 == 0) REQUIRE(strands.write_out(news.strand.id));
      }
      (void)strands.let_go();
      if (random() % 20 == 0) REQUIRE(strands.write_back());
    }
    REQUIRE(strands.write_back());
    REQUIRE((*session)->commit());
    std::uint64_t written = 0;
    auto all = (*session)->strands().after(0, 100);
    REQUIRE(all);
    CHECK(all->size() == kStreams);
    for (const StrandRecord& strand : *all) {
      auto chunks = (*session)->strands().chunks(strand.id);
      REQUIRE(chunks);
      for (const ChunkHead& chunk : *chunks) {
        auto events = (*session)->strands().read(chunk.id, true);
        REQUIRE(events);
        written += events->size();
      }
    }
    CHECK(written == kEvents);
  }
}
