#include "sdk/engine/step.hpp"

#include <doctest/doctest.h>

#include "sdk/engine/behavior.hpp"
#include "sdk/engine/stage.hpp"
#include "tests/journey_fixture.hpp"

using namespace desirepath;
using namespace desirepath::tests;

namespace {

double number(Profile& profile, std::uint32_t behavior, std::int64_t time_ms) {
  return read_behavior(profile.program(), profile.state(), behavior, time_ms).value.number();
}

constexpr const char* kSlot = R"("do":[{"channel":"web","slot":"hero"}])";

}  // namespace

TEST_CASE("behaviors count, sum and remember within their window (t - w, t]") {
  Profile profile(R"("behaviors":{
    "all":{"event":"E"}, "recent":{"event":"E","within":"1h"}, "blue":{"event":"E","where":{"properties.c":"blue"}},
    "spent":{"event":"E","sum":"properties.v"}, "spent_recently":{"event":"E","sum":"properties.v","within":"1h"},
    "colour":{"event":"E","last":"properties.c"}})");
  profile.track(kStart, "1", "E", {{"c", "blue"}, {"v", 0.1}});
  profile.track(kStart + 1, "2", "E", {{"c", "red"}, {"v", "2.5"}});
  profile.track(kStart + kHour, "3", "E", {{"v", 4.0}});
  const std::int64_t now = kStart + kHour;
  CHECK(number(profile, 0, now) == 3);
  CHECK(number(profile, 1, now) == 2);
  CHECK(number(profile, 1, now + 1) == 1);
  CHECK(number(profile, 1, now + kHour) == 0);
  CHECK(number(profile, 2, now) == 1);
  CHECK(number(profile, 3, now) == 0.1 + 2.5 + 4.0);
  CHECK(number(profile, 4, now) == 2.5 + 4.0);
  CHECK(read_behavior(profile.program(), profile.state(), 5, now).value.text() == "red");
}

TEST_CASE("a window that held more than it keeps says so") {
  Profile profile(R"("behaviors":{"few":{"event":"E","within":"1d","keep":3}})");
  for (int i = 0; i < 5; ++i) profile.track(kStart + i, std::to_string(i), "E");
  const BehaviorReading reading = read_behavior(profile.program(), profile.state(), 0, kStart + 5);
  CHECK(reading.value.number() == 3);
  CHECK(reading.inexact);
}

TEST_CASE("a state that comes from a program that keeps more goes on under one that keeps less") {
  Profile full(R"("behaviors":{"few":{"event":"E","within":"1d","keep":9}})");
  Profile device(R"("behaviors":{"few":{"event":"E","within":"1d","keep":3}})");
  for (int i = 0; i < 9; ++i) full.track(kStart + i, std::to_string(i), "E");
  std::vector<std::uint8_t> bytes = full.bytes();
  const std::uint32_t key = device.program().behaviors()[0].key;
  store(&bytes[State::kHeaderBytes], key);
  std::vector<std::uint8_t> buffer(1024);
  State state(buffer);
  std::copy(bytes.begin(), bytes.end(), buffer.begin());
  REQUIRE(state.adopt(bytes.size()));
  Outcome outcome = device.host().outcome();
  const Event event{kStart + 10, EventType::track, "m", "E", device.host().facts()};
  REQUIRE(step(device.program(), state, event, Effects::recorded, outcome) == StepError::none);
  const BehaviorReading reading = read_behavior(device.program(), state, 0, kStart + 10);
  CHECK(reading.value.number() == 3);
  CHECK(reading.inexact);
}

TEST_CASE("a windowed count is exact up to the largest number it is compared with") {
  Profile profile(std::string(R"("behaviors":{"views":{"event":"E","within":"1d"}},"triggers":[
    {"id":"t","event":"E","when":{"behaviors.views":{"$gte":2,"$lt":4}},)") +
                  kSlot + "}]");
  CHECK(profile.track(kStart + 0, "0", "E") == "");
  CHECK(profile.track(kStart + 1, "1", "E") == "t:fired");
  CHECK(profile.track(kStart + 2, "2", "E") == "t:fired");
  CHECK(profile.track(kStart + 3, "3", "E") == "");
  CHECK(profile.track(kStart + 4, "4", "E") == "");
  CHECK(profile.track(kStart + 4 + kDay, "5", "E") == "");
  CHECK(profile.track(kStart + 5 + kDay, "6", "E") == "t:fired");
}

TEST_CASE("stages move in any direction, the last declared rule wins, staying is no move") {
  Profile profile(R"("stages":[
    {"id":"look","enter":{"event":"View"}},
    {"id":"buy","enter":[{"event":"Cart"},{"event":"View","where":{"properties.from":"cart"}}]}])");
  profile.track(kStart, "1", "View");
  CHECK(profile.last_move == ">look");
  profile.track(kStart + 1, "2", "View");
  CHECK(profile.last_move == "");
  profile.track(kStart + 2, "3", "View", {{"from", "cart"}});
  CHECK(profile.last_move == "look>buy");
  profile.track(kStart + 3, "4", "View");
  CHECK(profile.last_move == "buy>look");
  CHECK(current_stage(profile.program(), profile.state()).since_ms == kStart + 3);
}

TEST_CASE("stage and stage_age are facts") {
  Profile profile(std::string(R"("stages":[{"id":"look","enter":{"event":"View"}}],"triggers":[
    {"id":"t","event":"Ping","when":{"stage":"look","stage_age":{"$gte":"3d"}},)") +
                  kSlot + "}]");
  CHECK(profile.track(kStart, "0", "Ping") == "");
  profile.track(kStart, "1", "View");
  CHECK(profile.track(kStart + 3 * kDay - 1, "2", "Ping") == "");
  CHECK(profile.track(kStart + 3 * kDay, "3", "Ping") == "t:fired");
}

TEST_CASE("a delayed trigger waits for an absence") {
  const std::string journey =
      std::string(R"("triggers":[{"id":"t","after":{"event":"Cart"},"absent":{"event":"Order"},"for":"30m",
    "when":{"properties.value":{"$gte":50}},)") +
      kSlot + "}]";
  SUBCASE("it fires at its own time, with the anchor of the event that armed it") {
    Profile profile(journey);
    CHECK(profile.track(kStart, "m", "Cart", {{"value", 60.0}}) == "");
    CHECK(profile.state().next_wake_ms() == kStart + 30 * kMinute);
    CHECK(profile.wake(kStart + 30 * kMinute - 1) == "");
    CHECK(profile.wake(kStart + 30 * kMinute) == "t:fired");
    CHECK(profile.wake(kStart + kDay) == "");
  }
  SUBCASE("the absent event ends it") {
    Profile profile(journey);
    profile.track(kStart, "m", "Cart", {{"value", 60.0}});
    profile.track(kStart + 30 * kMinute - 1, "n", "Order");
    CHECK(profile.wake(kStart + kDay) == "");
  }
  SUBCASE("an event at the very time is too late to end it") {
    Profile profile(journey);
    profile.track(kStart, "m", "Cart", {{"value", 60.0}});
    CHECK(profile.track(kStart + 30 * kMinute, "n", "Order") == "t:fired");
  }
  SUBCASE("each arming event starts it anew, and one that does not qualify ends it") {
    Profile profile(journey);
    profile.track(kStart, "m", "Cart", {{"value", 60.0}});
    profile.track(kStart + 20 * kMinute, "n", "Cart", {{"value", 70.0}});
    CHECK(profile.wake(kStart + 49 * kMinute) == "");
    CHECK(profile.wake(kStart + 50 * kMinute) == "t:fired");
    profile.track(kStart + kHour, "o", "Cart", {{"value", 60.0}});
    profile.track(kStart + kHour + 1, "p", "Cart", {{"value", 10.0}});
    CHECK(profile.wake(kStart + kDay) == "");
  }
}

TEST_CASE("a cap counts effects in its window, and two actions of one anchor count once") {
  Profile profile(R"("triggers":[{"id":"t","event":"E","cap":{"times":2,"per":"1h"},
    "do":[{"channel":"web","slot":"a"},{"channel":"email"}]}])");
  CHECK(profile.track(kStart, "1", "E") == "t:fired t:fired");
  CHECK(profile.track(kStart + 1, "2", "E") == "t:fired t:fired");
  CHECK(profile.track(kStart + 2, "3", "E") == "t:cap_trigger t:cap_trigger");
  CHECK(profile.track(kStart + kHour, "4", "E") == "t:fired t:fired");
  CHECK(profile.track(kStart + kHour, "5", "E") == "t:cap_trigger t:cap_trigger");
}

TEST_CASE("effects of one instant are marked by the anchor each goes back to") {
  Profile profile(R"("triggers":[
    {"id":"t","after":{"event":"E"},"for":"2m","do":[{"channel":"web","slot":"a"}]},
    {"id":"u","after":{"event":"F"},"for":"1m","cap":{"times":2,"per":"1d"},"do":[{"channel":"web","slot":"b"}]}])");
  profile.track(kStart, "e", "E");
  profile.track(kStart + kMinute, "f", "F");
  CHECK(profile.wake(kStart + 2 * kMinute) == "t:fired u:fired");
  profile.effects = Effects::recorded;  // from now on facts count: this one says what counts already
  profile.track(kStart + 2 * kMinute + 1, "f~u~web", "Decision Exposed",
                {{"decisionId", "f~u~web"}, {"trigger", "u"}, {"channel", "web"}});
  profile.track(kStart + 3 * kMinute, "g", "F");
  CHECK(profile.wake(kStart + 4 * kMinute) == "u:fired");
  profile.track(kStart + 4 * kMinute + 1, "g~u~web", "Decision Exposed",
                {{"decisionId", "g~u~web"}, {"trigger", "u"}, {"channel", "web"}});
  profile.track(kStart + 5 * kMinute, "h", "F");
  CHECK(profile.wake(kStart + 6 * kMinute) == "u:cap_trigger");
}

TEST_CASE("of many triggers that demand a text each text finds its own") {
  constexpr int kTexts = 300;
  std::string triggers;
  for (int i = 0; i < kTexts; ++i) {
    const std::string number = std::to_string(i);
    triggers += (i == 0 ? "" : ",") + std::string(R"({"id":"t)") + number +
                R"(","event":"E","when":{"properties.c":"text )" + number +
                R"("},"do":[{"channel":"web","slot":"a"}]})";
  }
  Profile profile("\"triggers\":[" + triggers + "]");
  REQUIRE(profile.program().indexes().size() == 1);
  for (int i = 0; i < kTexts; ++i) {
    const std::string number = std::to_string(i);
    CHECK(profile.track(kStart + i, "m" + number, "E", {{"c", ("text " + number).c_str()}}) ==
          "t" + number + ":fired");
  }
  CHECK(profile.track(kStart + kTexts, "n", "E", {{"c", "text 300"}}) == "");
}

TEST_CASE("proposals that nobody showed count for nothing; effect facts count") {
  Profile profile(R"("triggers":[{"id":"t","event":"E","purpose":"p","cap":{"times":1,"per":"1h"},
    "do":[{"channel":"web","slot":"a"}]},{"id":"u","event":"F","purpose":"p","do":[{"channel":"web","slot":"a"}]}])");
  profile.effects = Effects::recorded;
  CHECK(profile.track(kStart, "1", "E") == "t:fired");
  CHECK(profile.track(kStart + 1, "2", "E") == "t:fired");
  profile.track(kStart + 2, "2~t~web", "Decision Exposed",
                {{"decisionId", "2~t~web"}, {"trigger", "t"}, {"purpose", "p"}, {"channel", "web"}});
  CHECK(profile.track(kStart + 3, "3", "E") == "t:cap_trigger");
  CHECK(profile.track(kStart + 3, "4", "F") == "u:purpose_served");
  CHECK(profile.track(kStart + 2 + kDay, "5", "F") == "u:fired");
}

TEST_CASE("the losers of one instant say why") {
  Profile profile(R"("channels":{"email":{"consent":"marketing","cap":{"times":1,"per":"1d"}}},"triggers":[
    {"id":"low","event":"E","priority":1,"do":[{"channel":"web","slot":"hero"}]},
    {"id":"high","event":"E","priority":9,"purpose":"p","do":[{"channel":"web","slot":"hero"}]},
    {"id":"same","event":"E","priority":5,"purpose":"p","do":[{"channel":"web","slot":"side"}]},
    {"id":"mail","event":"E","do":[{"channel":"email"}]}])");
  CHECK(profile.track(kStart, "1", "E") == "high:fired same:purpose_served low:lower_priority mail:consent");
}

TEST_CASE("consent comes with events") {
  Profile profile(
      R"("channels":{"email":{"consent":"marketing"}},"triggers":[{"id":"mail","event":"E","do":[{"channel":"email"}]}])");
  const auto consent = [&](std::int64_t time_ms, bool granted) {
    ValueWriter writer;
    writer.open_object();
    writer.key("context");
    writer.open_object();
    writer.key("consent");
    writer.open_object();
    writer.key("categoryPreferences");
    writer.open_object();
    writer.key("marketing");
    writer.boolean(granted);
    for (int i = 0; i < 4; ++i) writer.close();
    profile.send(time_ms, "c" + std::to_string(time_ms), EventType::track, "Consent", writer.bytes());
  };
  CHECK(profile.track(kStart, "1", "E") == "mail:consent");
  consent(kStart + 1, true);
  CHECK(profile.track(kStart + 2, "2", "E") == "mail:fired");
  consent(kStart + 3, false);
  CHECK(profile.track(kStart + 4, "3", "E") == "mail:consent");
}

TEST_CASE("traits, known fields, audiences and sessions are facts") {
  Profile profile(std::string(
      R"("behaviors":{"views":{"event":"E"}},"audiences":{"fans":{"behaviors.views":{"$gte":2}}},"triggers":[
    {"id":"plan","event":"E","when":{"traits.plan":"gold"},"do":[{"channel":"web","slot":"a"}]},
    {"id":"ask","event":"E","when":{"known.email":false},"do":[{"channel":"web","slot":"b"}]},
    {"id":"fan","event":"E","when":{"audiences.fans":true},"do":[{"channel":"web","slot":"c"}]},
    {"id":"fan_in","event":"E","when":{"audiences":{"$in":["fans"]}},"do":[{"channel":"web","slot":"d"}]},
    {"id":"second","event":"E","when":{"session.number":2,"session.events":1},"do":[{"channel":"web","slot":"e"}]}])"));
  CHECK(profile.track(kStart, "1", "E") == "ask:fired");
  profile.identify(kStart + 1, "2", {{"plan", "gold"}, {"email", "x@y.example"}});
  CHECK(profile.track(kStart + 2, "3", "E") == "plan:fired fan:fired fan_in:fired");
  CHECK(profile.track(kStart + kHour, "4", "E") == "plan:fired fan:fired fan_in:fired second:fired");
}

TEST_CASE("an event before the clock is refused and changes nothing") {
  Profile profile(R"("behaviors":{"all":{"event":"E"}})");
  profile.track(kStart, "1", "E");
  const auto before = profile.bytes();
  profile.track(kStart - 1, "0", "E");
  CHECK(profile.last_error == StepError::too_early);
  CHECK(profile.bytes() == before);
}
