#include "sdk/engine/outcome.hpp"

#include <doctest/doctest.h>

#include "tests/journey_fixture.hpp"

using namespace desirepath;
using namespace desirepath::tests;

namespace {

// Whoever is in the stage enters and leaves the audience every hour, for ten hours.
constexpr const char* kFlapping = R"("stages":[{"id":"s","enter":{"event":"S"}}],
  "audiences":{"a":{"stage_age":{"$in":["1h","2h","3h","4h","5h","6h","7h","8h","9h","10h"]}}},
  "triggers":[{"id":"in","on":{"audience_enter":"a"},"do":[{"channel":"web","slot":"x"}]},
    {"id":"out","on":{"audience_leave":"a"},"do":[{"channel":"web","slot":"x"}]},
    {"id":"e","event":"E","do":[{"channel":"web","slot":"x"}]}])";

std::string flaps(int times) {
  std::string log;
  for (int i = 0; i < times; ++i) log += i == 0 ? "in:fired out:fired" : " in:fired out:fired";
  return log;
}

}  // namespace

TEST_CASE("an outcome has room for what one instant can bring, and some more") {
  Profile profile(kFlapping);
  const format::Header& header = profile.program().header();
  CHECK(header.decisions_max == 2);
  CHECK(Outcome::decisions_for(header) == 4);
  CHECK(Outcome::anchor_bytes_for(header) == 2 * kMessageIdBytesMax);
  Outcome outcome = profile.host().outcome();
  CHECK(outcome.has_room(header));
  outcome.add(Decision{});
  outcome.add(Decision{});
  CHECK(outcome.has_room(header));
  outcome.add(Decision{});
  CHECK_FALSE(outcome.has_room(header));
  outcome.clear();
  CHECK(outcome.keep_anchor(std::string(kMessageIdBytesMax, 'm')).size() == kMessageIdBytesMax);
  CHECK(outcome.has_room(header));
  CHECK(outcome.keep_anchor("m") == "m");
  CHECK_FALSE(outcome.has_room(header));
}

TEST_CASE("a chain of wakes that fills the outcome comes in parts, and nothing is lost") {
  Profile profile(kFlapping);
  profile.track(kStart, "m1", "S");
  CHECK(profile.wake(kStart + kDay) == flaps(10));
  CHECK(profile.last_parts > 5);
  CHECK(profile.last_error == StepError::none);
  CHECK(profile.last_anchor == "m1");
}

TEST_CASE("a step whose waits fill the outcome goes on with its event") {
  Profile profile(kFlapping);
  profile.track(kStart, "m1", "S");
  Profile apart(kFlapping);
  apart.track(kStart, "m1", "S");
  apart.wake(kStart + kDay);
  CHECK(profile.track(kStart + kDay, "m2", "E") == flaps(10) + " e:fired");
  CHECK(profile.last_anchor == "m2");
  CHECK(apart.track(kStart + kDay, "m2", "E") == "e:fired");
  CHECK(profile.bytes() == apart.bytes());
}
