// Promises 1 and 2 where the engine alone can break them: time can be cut anywhere, and state can be carried
// anywhere.

#include <doctest/doctest.h>

#include <algorithm>
#include <random>

#include "tests/journey_fixture.hpp"

using namespace desirepath;
using namespace desirepath::tests;

namespace {

constexpr const char* kJourney = R"(
  "behaviors":{"views":{"event":"View","within":"2h"},"orders":{"event":"Order"},"spent":{"event":"Order","sum":"properties.v","within":"1d"}},
  "channels":{"web":{"cap":{"times":4,"per":"3h"}}},
  "stages":[{"id":"look","enter":{"event":"View"}},{"id":"cart","enter":{"event":"Cart"}},{"id":"own","enter":{"event":"Order"}}],
  "triggers":[
    {"id":"nudge","event":"View","when":{"behaviors.views":{"$gte":3}},"cap":{"times":1,"per":"1h"},"priority":2,"do":[{"channel":"web","slot":"hero"}]},
    {"id":"rescue","after":{"event":"Cart"},"absent":{"event":"Order"},"for":"30m","purpose":"cart","when":{"stage":{"$ne":"own"}},"do":[{"channel":"web","slot":"hero"},{"channel":"email"}]},
    {"id":"later","after":{"event":"Cart"},"for":"2h","purpose":"cart","do":[{"channel":"email"}]},
    {"id":"thanks","event":"Order","when":{"behaviors.spent":{"$gt":100}},"do":[{"channel":"web","slot":"side"}]}])";

struct Happening {
  std::int64_t time_ms;
  std::string message_id;
  std::string name;
  double value;
};

std::vector<Happening> happenings(std::mt19937& random) {
  const char* names[] = {"View", "View", "Cart", "Order", "Other"};
  std::vector<Happening> events;
  std::int64_t time_ms = kStart;
  for (int i = 0; i < 40; ++i) {
    time_ms += static_cast<std::int64_t>(random() % (40 * 60 * 1000));
    events.push_back(
        {time_ms, "m" + std::to_string(1000 + i), names[random() % 5], static_cast<double>(random() % 90)});
  }
  return events;
}

void append(std::string& log, const std::string& more) {
  if (!more.empty()) log += more + "\n";
}

}  // namespace

TEST_CASE("waking early, late or not at all between events gives the same decisions and the same state") {
  const auto seed = static_cast<std::uint32_t>(std::random_device{}());
  CAPTURE(seed);
  std::mt19937 random(seed);
  Profile plain(kJourney);
  Profile woken(kJourney);
  for (int round = 0; round < 400; ++round) {
    plain.state().reset();
    woken.state().reset();
    std::string plain_log;
    std::string woken_log;
    const auto events = happenings(random);
    for (std::size_t i = 0; i < events.size(); ++i) {
      const Happening& event = events[i];
      if (i > 0 && random() % 2 == 0) {
        const std::int64_t gap = event.time_ms - events[i - 1].time_ms;
        for (int wakes = 0; wakes < 3; ++wakes) {
          append(woken_log, woken.wake(events[i - 1].time_ms + gap * (wakes + 1) / 4));
        }
      }
      const auto joined = [&](Profile& profile) {
        return profile.track(event.time_ms, event.message_id, event.name, {{"v", event.value}});
      };
      // A step says its waits and its event in one line; waking first says them in two.
      append(plain_log, joined(plain));
      append(woken_log, joined(woken));
    }
    std::replace(plain_log.begin(), plain_log.end(), ' ', '\n');
    std::replace(woken_log.begin(), woken_log.end(), ' ', '\n');
    REQUIRE(plain_log == woken_log);
    REQUIRE(plain.bytes() == woken.bytes());
  }
}

TEST_CASE("a state taken out as bytes and put back anywhere goes on the same") {
  const auto seed = static_cast<std::uint32_t>(std::random_device{}());
  CAPTURE(seed);
  std::mt19937 random(seed);
  Profile whole(kJourney);
  Profile carried(kJourney);
  for (int round = 0; round < 200; ++round) {
    whole.state().reset();
    carried.state().reset();
    for (const Happening& event : happenings(random)) {
      const auto bytes = carried.bytes();
      REQUIRE(carried.host().adopt(bytes));
      REQUIRE(whole.track(event.time_ms, event.message_id, event.name, {{"v", event.value}}) ==
              carried.track(event.time_ms, event.message_id, event.name, {{"v", event.value}}));
    }
    REQUIRE(whole.bytes() == carried.bytes());
  }
}
