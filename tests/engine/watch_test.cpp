#include "sdk/engine/watch.hpp"

#include <doctest/doctest.h>

#include <random>

#include "sdk/engine/stage.hpp"
#include "tests/journey_fixture.hpp"

using namespace desirepath;
using namespace desirepath::tests;

namespace {

// A journey whose triggers say when somebody enters audience `a` and leaves it.
std::string watching(const std::string& definitions) {
  return definitions + R"(,"triggers":[
    {"id":"in","on":{"audience_enter":"a"},"do":[{"channel":"web","slot":"in"}]},
    {"id":"out","on":{"audience_leave":"a"},"do":[{"channel":"web","slot":"out"}]}])";
}

constexpr const char* kWindow =
    R"("behaviors":{"views":{"event":"View","within":"1h"}},"audiences":{"a":{"behaviors.views":{"$gte":2}}})";

}  // namespace

TEST_CASE("an audience is entered by an event and left when a window runs out") {
  Profile profile(watching(kWindow));
  CHECK(profile.track(kStart, "m1", "View") == "");
  CHECK(profile.track(kStart + kMinute, "m2", "View") == "in:fired");
  CHECK(profile.last_anchor == "m2");
  CHECK(profile.state().next_wake_ms() == kStart + kHour);
  CHECK(profile.wake(kStart + kHour - 1) == "");
  CHECK(profile.wake(kStart + kHour) == "out:fired");
  CHECK(profile.last_anchor == "m2");
  CHECK(profile.wake(kStart + kDay) == "");
  CHECK(profile.state().next_wake_ms() == State::kNever);
}

TEST_CASE("what is due at the time of an event happens before it") {
  Profile profile(watching(kWindow));
  profile.track(kStart, "m1", "View");
  profile.track(kStart + kMinute, "m2", "View");
  CHECK(profile.track(kStart + kHour, "m3", "View") == "out:fired in:fired");
}

TEST_CASE("nobody is a member before the first event, whatever it is") {
  Profile profile(
      watching(R"("behaviors":{"orders":{"event":"Order"}},"audiences":{"a":{"behaviors.orders":0}})"));
  CHECK(profile.track(kStart, "m1", "Anything") == "in:fired");
  CHECK(profile.track(kStart + 1, "m2", "Order") == "out:fired");
  CHECK(profile.track(kStart + 2, "m3", "Order") == "");
}

TEST_CASE("every kind of fact is looked at when it can change") {
  SUBCASE("traits") {
    Profile profile(watching(R"("audiences":{"a":{"traits.plan":"gold"}})"));
    CHECK(profile.identify(kStart, "m1", {{"plan", "red"}}) == "");
    CHECK(profile.identify(kStart + 1, "m2", {{"plan", "gold"}}) == "in:fired");
    CHECK(profile.track(kStart + 2, "m3", "identify") == "");
    CHECK(profile.identify(kStart + 3, "m4", {{"plan", "red"}}) == "out:fired");
    CHECK(profile.last_anchor == "m4");
  }
  SUBCASE("stage and its age") {
    Profile profile(watching(R"("stages":[{"id":"s","enter":{"event":"S"}},{"id":"t","enter":{"event":"T"}}],
      "audiences":{"a":{"stage":"s","stage_age":{"$gt":"1d"}}})"));
    profile.track(kStart, "m1", "S");
    CHECK(profile.wake(kStart + kDay) == "");
    CHECK(profile.wake(kStart + kDay + 1) == "in:fired");
    CHECK(profile.track(kStart + 2 * kDay, "m2", "T") == "out:fired");
    CHECK(profile.wake(kStart + 9 * kDay) == "");
  }
  SUBCASE("session facts, by any event") {
    Profile profile(
        watching(R"("audiences":{"a":{"session.events":{"$gte":2},"session.age":{"$lt":"10m"}}})"));
    CHECK(profile.track(kStart, "m1", "X") == "");
    CHECK(profile.track(kStart + 1, "m2", "Y") == "in:fired");
    CHECK(profile.wake(kStart + 10 * kMinute) == "out:fired");
    CHECK(profile.last_anchor == "m2");
  }
  SUBCASE("scores and tiers as they fade") {
    Profile profile(watching(
        R"("scores":{"s":{"half_life":"1d","add":[{"event":"E","points":80}],"tiers":{"high":40}}},
           "audiences":{"a":{"tiers.s":"high","scores.s":{"$gte":20}}})"));
    CHECK(profile.track(kStart, "m1", "E") == "in:fired");
    CHECK(profile.wake(kStart + kDay) == "");
    CHECK(profile.wake(kStart + kDay + 1000) == "out:fired");
  }
  SUBCASE("models over windows") {
    Profile profile(watching(
        R"("behaviors":{"views":{"event":"View","within":"1h"}},
           "models":{"m":{"type":"logistic","intercept":-1,"terms":[{"fact":"behaviors.views","weight":2}]}},
           "audiences":{"a":{"propensity.m":{"$gt":0.5}}})"));
    CHECK(profile.track(kStart, "m1", "View") == "in:fired");
    CHECK(profile.wake(kStart + kHour) == "out:fired");
  }
  SUBCASE("asks") {
    Profile profile(watching(
        R"("asks":{"size":{"cap":{"times":1,"per":"1h"}}},"audiences":{"a":{"asked.size":{"$gte":1}}})"));
    CHECK(profile.track(kStart, "m1", "Field Asked", {{"field", "size"}}) == "in:fired");
    CHECK(profile.wake(kStart + kHour) == "out:fired");
  }
}

TEST_CASE("the anchor of a change by time is the last event that could change the audience") {
  Profile profile(watching(kWindow));
  profile.track(kStart, "m1", "View");
  profile.track(kStart + 1, "m2", "View");
  profile.track(kStart + 2, "m3", "Other");
  CHECK(profile.wake(kStart + kHour) == "out:fired");
  CHECK(profile.last_anchor == "m2");
}

TEST_CASE("a wait may begin with a change that time brought, and is not the wait that ends then") {
  Profile profile(std::string(kWindow) + R"(,"triggers":[
    {"id":"t","after":{"audience_leave":"a"},"absent":{"event":"View"},"for":"1h","do":[{"channel":"web","slot":"s"}]}])");
  profile.track(kStart, "m1", "View");
  profile.track(kStart + 1, "m2", "View");
  CHECK(profile.wake(kStart + kHour) == "");
  CHECK(profile.state().next_wake_ms() == kStart + kHour + 1);
  CHECK(profile.wake(kStart + 2 * kHour) == "t:fired");
  CHECK(profile.last_anchor == "m2");
  profile.track(kStart + kDay, "m3", "View");
  profile.track(kStart + kDay, "m4", "View");
  CHECK(profile.wake(kStart + kDay + kHour) == "");
  profile.track(kStart + kDay + kHour + 1, "m5", "View");
  CHECK(profile.wake(kStart + 9 * kDay) == "");
}

TEST_CASE("what comes due at one time is decided once, in order of priority") {
  Profile profile(
      R"("behaviors":{"views":{"event":"View","within":"1h"}},"audiences":{"a":{"behaviors.views":{"$gte":1}}},
    "stages":[{"id":"s","enter":{"event":"View"},"stuck_after":"1h"}],"triggers":[
    {"id":"stuck","on":{"stage_stuck":"s"},"priority":2,"do":[{"channel":"web","slot":"hero"}]},
    {"id":"left","on":{"audience_leave":"a"},"priority":3,"do":[{"channel":"web","slot":"hero"}]},
    {"id":"waited","after":{"event":"View"},"for":"1h","priority":4,"do":[{"channel":"web","slot":"hero"}]},
    {"id":"last","after":{"event":"View"},"for":"1h","priority":1,"do":[{"channel":"web","slot":"hero"}]}])");
  profile.track(kStart, "m1", "View");
  CHECK(profile.wake(kStart + kHour) ==
        "waited:fired left:lower_priority stuck:lower_priority last:lower_priority");
}

TEST_CASE("a watch that the state does not have begins without a change") {
  Profile profile(watching(kWindow));
  profile.track(kStart, "m1", "View");
  profile.state().erase(profile.program().watches()[0].key, Family::watch);
  CHECK(profile.track(kStart + 1, "m2", "View") == "");
  CHECK(profile.wake(kStart + kHour) == "out:fired");
}

TEST_CASE("a watch record of any size is looked at anew or dropped") {
  Profile profile(watching(kWindow));
  for (std::uint16_t size = 0; size < 12; ++size) {
    profile.state().reset();
    profile.state().set_clock_ms(kStart);
    const MutablePayload record =
        profile.state().resize(profile.program().watches()[0].key, Family::watch, size);
    std::memset(record.data(), 1, size);
    profile.state().refresh_next_wake();
    const std::string said = profile.wake(kTimeMaxMs);
    CHECK(said == (size >= 7 ? "out:fired" : ""));
    CHECK(profile.state().next_wake_ms() == State::kNever);
  }
}

namespace {

// Whether somebody is a member at each moment, by looking at each of them.
class Ledger {
 public:
  explicit Ledger(Profile& profile) : profile_(profile) {}

  bool is_member(std::int64_t time_ms) {
    const Scope scope{profile_.program(), profile_.state(), nullptr, time_ms};
    return holds(scope, profile_.program().audiences()[0].when);
  }

 private:
  Profile& profile_;
};

const char* const kConditions[] = {
    R"({"behaviors.n":{"$gte":2}})",
    R"({"behaviors.n":{"$lt":2},"behaviors.sum":{"$gt":3}})",
    R"({"$or":[{"behaviors.sum":{"$lte":2}},{"stage_age":{"$gte":"7ms","$lt":"9ms"}}]})",
    R"({"stage":"s","stage_age":{"$in":["3ms","5ms"]}})",
    R"({"session.age":{"$gt":"4ms","$lte":"11ms"}})",
    R"({"behaviors.max":{"$gte":3}})",
    R"({"behaviors.least":2})",
    R"({"behaviors.first":1})",
    R"({"behaviors.last":{"$exists":true},"behaviors.kinds":{"$gte":2}})",
    R"({"scores.points":{"$gte":3,"$lt":7}})",
    R"({"tiers.points":{"$ne":"low"}})",
    R"({"$nor":[{"tiers.points":"high"},{"behaviors.n":0}]})",
    R"({"propensity.m":{"$gt":0.6}})",
};

constexpr const char* kFacts = R"("behaviors":{
  "n":{"event":"E","within":"6ms"},"sum":{"event":"E","sum":"properties.v","within":"9ms"},
  "max":{"event":"E","max":"properties.v","within":"8ms"},"least":{"event":"E","min":"properties.v","within":"5ms"},
  "first":{"event":"E","first":"properties.v","within":"7ms","keep":8},"last":{"event":"E","last":"properties.v","within":"7ms"},
  "kinds":{"event":"E","distinct":"properties.v","within":"8ms"}},
  "scores":{"points":{"half_life":"5ms","add":[{"event":"E","points":4}],"tiers":{"low":2,"high":5}}},
  "models":{"m":{"type":"logistic","intercept":-1,"terms":[{"fact":"behaviors.n","weight":1},
    {"when":{"stage_age":{"$gte":"6ms"}},"weight":0.7},{"when":{"scores.points":{"$gt":4}},"weight":0.5}]}},
  "stages":[{"id":"s","enter":{"event":"S"},"exit":{"event":"T"}}])";

}  // namespace

TEST_CASE(
    "no change of any condition is missed, and none is invented: against looking at every millisecond") {
  for (const char* condition : kConditions) {
    CAPTURE(condition);
    const std::string journey = watching(std::string(kFacts) + R"(,"audiences":{"a":)" + condition + "}");
    Profile watched(journey);
    Profile read(std::string(kFacts) + R"(,"audiences":{"a":)" + condition + "}");
    Ledger ledger(read);
    std::mt19937 random(20261123);
    bool was_member = false;
    std::int64_t time_ms = kStart;
    const char* const kNames[] = {"E", "E", "E", "S", "T", "Other"};
    for (int step = 0; step < 200; ++step) {
      for (const std::int64_t until_ms = time_ms + 1 + random() % 14; time_ms < until_ms; ++time_ms) {
        const bool is_member = step > 0 && ledger.is_member(time_ms);
        const std::string expected = is_member == was_member ? "" : is_member ? "in:fired" : "out:fired";
        REQUIRE(watched.wake(time_ms) == expected);
        was_member = is_member;
      }
      const std::string id = "m" + std::to_string(step);
      const char* name = kNames[random() % 6];
      const std::vector<Property> properties{{"v", static_cast<double>(random() % 5)}};
      read.track(time_ms, id, name, properties);
      const std::string said = watched.track(time_ms, id, name, properties);
      const bool is_member = ledger.is_member(time_ms);
      // What was due at this very time comes first, and the event may take it back.
      const bool is_there_and_back = said == "in:fired out:fired" || said == "out:fired in:fired";
      if (is_there_and_back || is_member == was_member) {
        REQUIRE((is_there_and_back || said.empty()));
        REQUIRE(is_member == was_member);
      } else {
        REQUIRE(said == (is_member ? "in:fired" : "out:fired"));
      }
      was_member = is_member;
      ++time_ms;
    }
  }
}

TEST_CASE("waking in one go and waking at every time give the same") {
  const std::string journey = watching(std::string(kFacts) + R"(,"audiences":{"a":)" + kConditions[2] + "}");
  Profile often(journey);
  Profile seldom(journey);
  std::mt19937 random(7);
  std::int64_t time_ms = kStart;
  std::string in_steps;
  std::string in_one;
  const auto add = [](std::string& to, const std::string& said) {
    if (!said.empty()) to += said + ' ';
  };
  for (int step = 0; step < 300; ++step) {
    const std::string id = "m" + std::to_string(step);
    const char* name = step % 3 == 0 ? "S" : "E";
    for (std::int64_t now_ms = time_ms - 20; now_ms < time_ms; ++now_ms) {
      if (step > 0) add(in_steps, often.wake(now_ms));
    }
    add(in_steps, often.track(time_ms, id, name, {{"v", 1.0}}));
    add(in_one, seldom.track(time_ms, id, name, {{"v", 1.0}}));
    REQUIRE(often.bytes() == seldom.bytes());
    REQUIRE(in_steps == in_one);
    time_ms += 1 + random() % 20;
  }
  CHECK(in_one.size() > 40);
}
