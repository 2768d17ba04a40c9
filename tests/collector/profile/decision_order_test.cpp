#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "collector/profile/profile_record.hpp"

using namespace desirepath::collector;

namespace {

DecisionRecord decided(std::int64_t time_ms, bool woken, const std::string& message_id, std::uint32_t place,
                       const std::string& journey = "j") {
  DecisionRecord record;
  record.time_ms = time_ms;
  record.woken = woken;
  record.message_id = message_id;
  record.place = place;
  record.journey = journey;
  record.decision_id = message_id + "~t~web";
  return record;
}

}  // namespace

TEST_CASE("a history is in order of time, of what came due as it was decided, then of the events") {
  const std::vector<DecisionRecord> ordered = {
      decided(1, false, "m1", 0),      decided(2, true, "m9", 3),  decided(2, true, "m1", 4),
      decided(2, true, "m1", 0, "k"),  decided(2, false, "m2", 0), decided(2, false, "m2", 1),
      decided(2, false, "m3", 0, "k"), decided(3, true, "m0", 0),
  };
  std::vector<DecisionRecord> shuffled(ordered.rbegin(), ordered.rend());
  std::sort(shuffled.begin(), shuffled.end(), [](const auto& a, const auto& b) { return a.before(b); });
  for (std::size_t i = 0; i < ordered.size(); ++i) {
    CAPTURE(i);
    CHECK(shuffled[i].time_ms == ordered[i].time_ms);
    CHECK(shuffled[i].message_id == ordered[i].message_id);
    CHECK(shuffled[i].place == ordered[i].place);
    CHECK(shuffled[i].journey == ordered[i].journey);
  }
}
