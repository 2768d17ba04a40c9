#include "sdk/engine/stage.hpp"

#include <doctest/doctest.h>

#include "tests/journey_fixture.hpp"

using namespace desirepath;
using namespace desirepath::tests;

namespace {

constexpr const char* kStages = R"("stages":[
  {"id":"look","enter":{"event":"View"},"exit":{"event":"Bounce"},"stuck_after":"3d"},
  {"id":"buy","enter":[{"event":"Cart"}],"exit":[{"event":"Cart","where":{"properties.items":0}},{"event":"Empty"}]}])";

std::string trigger(const std::string& id, const std::string& occasion, const std::string& rest = "") {
  return R"({"id":")" + id + R"(",)" + occasion + "," + rest + R"("do":[{"channel":"web","slot":")" + id +
         R"("}]})";
}

std::string journey(const std::string& triggers) {
  return std::string(kStages) + R"(,"triggers":[)" + triggers + "]";
}

std::string stage_of(Profile& profile) {
  const CurrentStage current = current_stage(profile.program(), profile.state());
  return current.known ? std::string(profile.program().string(profile.program().stages()[current.stage].id))
                       : "";
}

}  // namespace

TEST_CASE("an exit rule leaves its own stage for none, and no other") {
  Profile profile(kStages);
  profile.track(kStart, "1", "Bounce");
  CHECK(profile.last_move == "");
  profile.track(kStart, "2", "View");
  profile.track(kStart, "3", "Empty");
  CHECK(stage_of(profile) == "look");
  profile.track(kStart, "4", "Bounce");
  CHECK(profile.last_move == "look>");
  CHECK(stage_of(profile) == "");
}

TEST_CASE(
    "an exit may come with an event that would enter the same stage, not with one that enters another") {
  Profile profile(R"("stages":[
    {"id":"a","enter":{"event":"X","where":{"properties.to_a":true}},"exit":{"event":"X"}},
    {"id":"b","enter":{"event":"X","where":{"properties.to_b":true}},"exit":{"event":"X"}}])");
  profile.track(kStart, "1", "X", {{"to_b", true}});
  CHECK(profile.last_move == ">b");
  profile.track(kStart, "2", "X", {{"to_b", true}});
  CHECK(profile.last_move == "b>");
  profile.track(kStart, "3", "X", {{"to_b", true}});
  profile.track(kStart, "4", "X", {{"to_a", true}});
  CHECK(profile.last_move == "b>a");
  profile.track(kStart, "5", "X", {{"to_b", true}});
  profile.track(kStart, "6", "X", {{"to_a", true}, {"to_b", true}});
  CHECK(profile.last_move == "");
  CHECK(stage_of(profile) == "b");
}

TEST_CASE("the state remembers which rule and which event led to the stage") {
  Profile profile(R"("stages":[{"id":"a","enter":[{"event":"X"},{"event":"Y"}]}])");
  profile.track(kStart, "m1", "Y");
  const CurrentStage here = current_stage(profile.program(), profile.state());
  CHECK(here.anchor == "m1");
  CHECK(here.rule_key == profile.program().stage_rules()[1].key);
  CHECK(here.rule_key != profile.program().stage_rules()[0].key);
  profile.track(kStart + 1, "m2", "X");
  CHECK(current_stage(profile.program(), profile.state()).anchor == "m1");
}

TEST_CASE("moves fire triggers, in one arbitration with those of the event") {
  Profile profile(journey(trigger("seen", R"("event":"Cart")", R"("priority":5,)") + "," +
                          trigger("left", R"("on":{"stage_leave":"look"})", R"("priority":7,)") + "," +
                          trigger("entered", R"("on":{"stage_enter":"buy"})", R"("priority":6,)")));
  CHECK(profile.track(kStart, "1", "View") == "");
  CHECK(profile.track(kStart, "2", "Cart") == "left:fired entered:fired seen:fired");
  CHECK(profile.track(kStart, "3", "Cart") == "seen:fired");
  CHECK(profile.track(kStart, "4", "View") == "");
  CHECK(profile.track(kStart, "5", "Bounce") == "left:fired");
}

TEST_CASE("the condition of a trigger on a move reads the event and the profile after it") {
  Profile profile(journey(trigger("t", R"("on":{"stage_enter":"buy"})",
                                  R"("when":{"properties.value":{"$gt":1},"stage":"buy"},)")));
  CHECK(profile.track(kStart, "1", "Cart", {{"value", 1.0}}) == "");
  profile.track(kStart, "2", "View");
  CHECK(profile.track(kStart, "3", "Cart", {{"value", 2.0}}) == "t:fired");
}

TEST_CASE("a person is stuck once a stay, anchored in the event that led there") {
  Profile profile(journey(trigger("t", R"("on":{"stage_stuck":"look"})")));
  profile.track(kStart, "m1", "View");
  profile.track(kStart + kDay, "m2", "View");
  CHECK(profile.state().next_wake_ms() == kStart + 3 * kDay);
  CHECK(profile.wake(kStart + 3 * kDay - 1) == "");
  CHECK(profile.wake(kStart + 3 * kDay) == "t:fired");
  CHECK(profile.last_anchor == "m1");
  CHECK(profile.wake(kStart + 300 * kDay) == "");
  CHECK(profile.state().next_wake_ms() == State::kNever);
  SUBCASE("a new stay counts anew") {
    profile.track(kStart + 300 * kDay, "m3", "Cart");
    profile.track(kStart + 301 * kDay, "m4", "View");
    CHECK(profile.wake(kStart + 304 * kDay) == "t:fired");
    CHECK(profile.last_anchor == "m4");
  }
  SUBCASE("who leaves in time is not stuck") {
    profile.track(kStart + 300 * kDay, "m3", "Cart");
    profile.track(kStart + 301 * kDay, "m4", "View");
    profile.track(kStart + 302 * kDay, "m5", "Bounce");
    CHECK(profile.state().next_wake_ms() == State::kNever);
    CHECK(profile.wake(kStart + 400 * kDay) == "");
  }
  SUBCASE("an event at the very time finds the person stuck") {
    profile.track(kStart + 300 * kDay, "m3", "Cart");
    profile.track(kStart + 301 * kDay, "m4", "View");
    CHECK(profile.track(kStart + 304 * kDay, "m5", "Bounce") == "t:fired");
  }
}

TEST_CASE("nobody wakes a host for a stage nobody is stuck in") {
  Profile profile(kStages);
  profile.track(kStart, "m1", "View");
  CHECK(profile.state().next_wake_ms() == State::kNever);
}

TEST_CASE("a wait may begin with a move, and one event may end it and begin it") {
  Profile profile(journey(trigger(
      "t", R"("after":{"stage_enter":"buy"},"absent":[{"event":"Cart"},{"event":"Order"}],"for":"1h")")));
  profile.track(kStart, "1", "Cart");
  CHECK(profile.state().next_wake_ms() == kStart + kHour);
  profile.track(kStart + 1, "2", "Order");
  CHECK(profile.state().next_wake_ms() == State::kNever);
  profile.track(kStart + 2, "3", "View");
  profile.track(kStart + 3, "4", "Cart");
  CHECK(profile.wake(kStart + 3 + kHour) == "t:fired");
  CHECK(profile.last_anchor == "4");
}

TEST_CASE("a stage record of any size is read or passed over") {
  Profile profile(journey(trigger("t", R"("on":{"stage_stuck":"look"})")));
  profile.track(kStart, "m1", "View");
  const std::vector<std::uint8_t> whole = profile.bytes();
  for (std::uint16_t size = 0; size < 23; ++size) {
    std::vector<std::uint8_t> buffer(1024);
    State state(buffer);
    const MutablePayload record = state.resize(fnv1a("stage"), Family::stage, size);
    std::memcpy(record.data(), &whole[State::kHeaderBytes + State::kRecordHeadBytes], size);
    state.refresh_next_wake();
    const CurrentStage current = current_stage(profile.program(), state);
    CHECK(current.known == (size >= 20));
    Outcome outcome = profile.host().outcome();
    CHECK(wake(profile.program(), state, kStart + kDay * 30, Effects::recorded, outcome) == StepError::none);
    CHECK(outcome.decisions().size() == (size >= 20 ? 1 : 0));
    CHECK(state.next_wake_ms() == State::kNever);
  }
}

TEST_CASE("two journeys over one stream of events do not touch each other") {
  Profile one(journey(trigger("t", R"("on":{"stage_enter":"buy"})")));
  Profile other(R"("stages":[{"id":"buy","enter":{"event":"View"}},{"id":"own","enter":{"event":"Cart"}}],
    "triggers":[{"id":"t","on":{"stage_leave":"buy"},"do":[{"channel":"web","slot":"s"}]}])");
  Profile alone(journey(trigger("t", R"("on":{"stage_enter":"buy"})")));
  std::int64_t time_ms = kStart;
  for (const char* name : {"View", "Cart", "View", "Bounce", "Cart", "Empty"}) {
    const std::string id = std::to_string(++time_ms);
    const std::string said = one.track(time_ms, id, name);
    other.track(time_ms, id, name);
    CHECK(said == alone.track(time_ms, id, name));
  }
  CHECK(one.bytes() == alone.bytes());
  CHECK(stage_of(one) == "");
  CHECK(stage_of(other) == "own");
}
