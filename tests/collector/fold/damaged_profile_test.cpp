// One profile whose stored bytes are damaged holds up no other.
#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "collector/fold/test_collector.hpp"
#include "collector/profile/store_check.hpp"
#include "collector/store/connection.hpp"

using namespace desirepath::collector;
using namespace desirepath::collector::testing;

namespace {

void change(const TestCollector& collector, const std::string& sql) {
  auto connection = Connection::open(collector.path() / "profiles.db");
  REQUIRE(connection);
  REQUIRE(connection->execute(sql));
}

std::string line_of(const std::string& text, const std::string& device) {
  const std::string id = "{\"profile\":\"" + public_id({"anonymousId", device});
  const std::size_t at = text.find(id);
  return at == std::string::npos ? std::string() : text.substr(at, text.find('\n', at) - at);
}

}  // namespace

TEST_CASE("a damaged state is made again from the profile's events") {
  TestCollector intact;
  TestCollector collector;
  for (TestCollector* each : {&intact, &collector})
    each->take({track_device(0, "m0", "Product Viewed", "a")});
  change(collector, "UPDATE profile SET states = x'0474657374ff01'");
  collector.reopen();
  for (TestCollector* each : {&intact, &collector}) each->take({track_device(1, "m1", "Cart Updated", "a")});
  CHECK(collector.counters().profiles_damaged == 0);
  CHECK(collector.everything() == intact.everything());
}

TEST_CASE(
    "a profile whose events are damaged stays as it was, others go on, and a repaired one is caught up") {
  TestCollector intact;
  TestCollector collector;
  const std::vector<TestEvent> first = {track_device(5, "m0", "Cart Updated", "a"),
                                        track_device(5, "o0", "Cart Updated", "b")};
  for (TestCollector* each : {&intact, &collector}) each->take(first);
  const std::string before = line_of(collector.profiles(), "a");
  change(collector,
         "UPDATE chunk SET events = CAST(x'0102030405' || events AS BLOB) "
         "WHERE id = (SELECT min(id) FROM chunk)");
  collector.reopen();

  // The late event asks for a refold of the damaged one, the other is of its neighbour.
  const std::vector<TestEvent> next = {track_device(1, "m1", "Product Viewed", "a"),
                                       track_device(6, "o1", "Order Completed", "b")};
  for (TestCollector* each : {&intact, &collector}) each->take(next);
  CHECK(collector.counters().profiles_damaged == 1);
  const auto checked = check_profile_store(collector.path() / "profiles.db");
  REQUIRE(checked);
  CHECK(checked->set_aside.size() == 1);
  CHECK(line_of(collector.profiles(), "b") == line_of(intact.profiles(), "b"));
  CHECK(line_of(collector.profiles(), "a") == before);

  // Neither its events nor its wake-ups are tried again and again.
  collector.take({track_device(7, "m2", "Product Viewed", "a")});
  collector.now_ms += 60 * kMinuteMs;
  collector.run();
  CHECK(collector.run().profiles_refolded == 1);

  change(collector, "UPDATE chunk SET events = substr(events, 6) WHERE id = (SELECT min(id) FROM chunk)");
  collector.reopen();
  collector.run();
  CHECK(collector.counters().profiles_damaged == 0);
  intact.take({track_device(7, "m2", "Product Viewed", "a")});
  intact.now_ms = collector.now_ms;
  intact.run();
  CHECK(collector.everything() == intact.everything());
}
