#include "sdk/engine/behavior.hpp"

#include <doctest/doctest.h>

#include <limits>
#include <random>

#include "sdk/engine/limits.hpp"
#include "tests/journey_fixture.hpp"

using namespace desirepath;
using namespace desirepath::tests;

namespace {

class Watched : public Profile {
 public:
  using Profile::Profile;
  BehaviorReading read(std::uint32_t behavior, std::int64_t time_ms) {
    return read_behavior(program(), state(), behavior, time_ms);
  }
  double number(std::uint32_t behavior, std::int64_t time_ms) {
    const Value value = read(behavior, time_ms).value;
    REQUIRE(value.is_number());
    return value.number();
  }
  std::string text(std::uint32_t behavior, std::int64_t time_ms) {
    const Value value = read(behavior, time_ms).value;
    return value.is_string() ? std::string(value.text()) : value.is_missing() ? "(missing)" : "(no text)";
  }
  // The texts of a list, joined by spaces.
  std::string list(std::uint32_t behavior, std::int64_t time_ms) {
    std::string joined;
    ValueCursor items(read(behavior, time_ms).value);
    while (items.next()) joined += (joined.empty() ? "" : " ") + std::string(items.value().text());
    return joined;
  }
  std::int64_t next_change(std::uint32_t behavior, std::int64_t time_ms) {
    return next_change_ms(program(), state(), behavior, time_ms);
  }
  void event(std::int64_t time_ms, const char* name, const std::vector<Property>& properties = {}) {
    track(time_ms, "m" + std::to_string(++sent_), name, properties);
    REQUIRE(last_error == StepError::none);
  }
  // Replaces the record of the one behavior there is.
  void forge(const std::vector<std::uint8_t>& payload) {
    state().reset();
    const MutablePayload record =
        state().resize(program().behaviors()[0].key, Family::behavior, payload.size());
    REQUIRE(record);
    std::copy(payload.begin(), payload.end(), record.begin());
  }

 private:
  int sent_ = 0;
};

std::vector<std::uint8_t> payload_of(Profile& profile) {
  const Payload record =
      std::as_const(profile.state()).find(profile.program().behaviors()[0].key, Family::behavior);
  return {record.begin(), record.end()};
}

constexpr const char* kEveryKind[] = {
    R"({"event":"E"})",
    R"({"event":"E","within":"1h","keep":3})",
    R"({"event":"E","sum":"properties.v"})",
    R"({"event":"E","sum":"properties.v","within":"1h","keep":3})",
    R"({"event":"E","min":"properties.v"})",
    R"({"event":"E","min":"properties.v","within":"1h","keep":3})",
    R"({"event":"E","max":"properties.v","within":"1h","keep":3})",
    R"({"event":"E","first":"properties.v"})",
    R"({"event":"E","first":"properties.v","within":"1h","keep":3})",
    R"({"event":"E","last":"properties.v","within":"1h"})",
    R"({"event":"E","distinct":"properties.v","keep":3})",
    R"({"event":"E","distinct":"properties.v","within":"1h","keep":3})",
    R"({"sequence":[{"event":"E"},{"event":"E","where":{"properties.v":2}}],"within":"1h","not_between":{"event":"X"}})",
    R"({"event":"E","affinity":"properties.t","half_life":"1h","keep":3})",
};

std::string journey_of(const char* behavior) {
  return std::string(R"("behaviors":{"b":)") + behavior + "}";
}

}  // namespace

TEST_CASE("min and max are missing before the first number, then the extreme of those in the window") {
  Watched profile(
      R"("behaviors":{"low":{"event":"E","min":"properties.v"},"high":{"event":"E","max":"properties.v"},
    "low1h":{"event":"E","min":"properties.v","within":"1h"},"high1h":{"event":"E","max":"properties.v","within":"1h"}})");
  for (std::uint32_t i = 0; i < 4; ++i) CHECK(profile.read(i, kStart).value.is_missing());
  profile.event(kStart, "E", {{"v", 5.0}});
  profile.event(kStart + 1, "E", {{"v", "-2.5"}});
  profile.event(kStart + 2, "E", {{"v", "no number"}});
  profile.event(kStart + 3, "E");
  profile.event(kStart + 4, "E", {{"v", 3.0}});
  const std::int64_t now = kStart + 4;
  CHECK(profile.number(0, now) == -2.5);
  CHECK(profile.number(1, now) == 5);
  CHECK(profile.number(2, now) == -2.5);
  CHECK(profile.number(3, now) == 5);
  // 5 is out at exactly an hour, then -2.5.
  CHECK(profile.number(3, kStart + kHour - 1) == 5);
  CHECK(profile.number(3, kStart + kHour) == 3);
  CHECK(profile.number(2, kStart + kHour) == -2.5);
  CHECK(profile.number(2, kStart + kHour + 1) == 3);
  CHECK(profile.read(2, kStart + kHour + 4).value.is_missing());
  CHECK(profile.number(0, kStart + kDay) == -2.5);
}

TEST_CASE("a windowed extreme keeps only what can still become it, and of equal ones the later") {
  Watched profile(R"("behaviors":{"high":{"event":"E","max":"properties.v","within":"1h","keep":3}})");
  for (int i = 0; i < 50; ++i) profile.event(kStart + i, "E", {{"v", static_cast<double>(i % 7)}});
  CHECK_FALSE(profile.read(0, kStart + 50).inexact);
  CHECK(profile.number(0, kStart + 50) == 6);
  CHECK(profile.next_change(0, kStart + 50) == kStart + 48 + kHour);
  CHECK(profile.number(0, kStart + 48 + kHour) == 0);
}

TEST_CASE("an extreme whose window is full passes over what comes, and says so while it matters") {
  Watched profile(R"("behaviors":{"high":{"event":"E","max":"properties.v","within":"1h","keep":3}})");
  for (int i = 0; i < 3; ++i) profile.event(kStart + i, "E", {{"v", 9.0 - i}});
  CHECK_FALSE(profile.read(0, kStart + 3).inexact);
  profile.event(kStart + 3, "E", {{"v", 1.0}});
  CHECK(profile.read(0, kStart + 3).inexact);
  CHECK(profile.number(0, kStart + 3) == 9);
  CHECK(profile.read(0, kStart + 2 + kHour).inexact);
  CHECK(profile.read(0, kStart + 2 + kHour).value.is_missing());
  CHECK_FALSE(profile.read(0, kStart + 3 + kHour).inexact);
}

TEST_CASE("first is the earliest value, in a window the earliest inside") {
  Watched profile(R"("behaviors":{"ever":{"event":"E","first":"properties.c"},
    "recent":{"event":"E","first":"properties.c","within":"1h","keep":2}})");
  CHECK(profile.text(0, kStart) == "(missing)");
  profile.event(kStart, "E");
  profile.event(kStart + 1, "E", {{"c", "red"}});
  profile.event(kStart + 2, "E", {{"c", "blue"}});
  CHECK_FALSE(profile.read(1, kStart + 2).inexact);
  profile.event(kStart + 3, "E", {{"c", "green"}});
  CHECK(profile.text(0, kStart + 3) == "red");
  CHECK(profile.text(1, kStart + 3) == "red");
  CHECK(profile.read(1, kStart + 3).inexact);
  CHECK(profile.text(1, kStart + kHour) == "red");
  CHECK(profile.text(1, kStart + kHour + 1) == "blue");
  CHECK(profile.next_change(1, kStart + kHour + 1) == kStart + kHour + 2);
  CHECK(profile.text(1, kStart + kHour + 2) == "(missing)");
  CHECK(profile.read(1, kStart + kHour + 2).inexact);
  CHECK_FALSE(profile.read(1, kStart + kHour + 3).inexact);
  profile.event(kStart + kHour + 3, "E", {{"c", "white"}});
  CHECK(profile.text(1, kStart + kHour + 3) == "white");
  CHECK(profile.text(0, kStart + kHour + 3) == "red");
}

TEST_CASE("first and last remember null, booleans, numbers and text; longer text is cut and says so") {
  Watched profile(
      R"("behaviors":{"a":{"event":"E","first":"properties.v"},"z":{"event":"E","last":"properties.v"},
    "zw":{"event":"E","last":"properties.v","within":"1h"}})");
  profile.event(kStart, "E", {{"v", true}});
  CHECK(profile.read(0, kStart).value.boolean());
  profile.event(kStart + 1, "E", {{"v", 7.0}});
  CHECK(profile.number(1, kStart + 1) == 7);
  // 95 letters, then a character of two bytes that does not fit whole.
  const std::string text = std::string(95, 'x') + "\xc3\xa9tail";
  profile.event(kStart + 2, "E", {{"v", text.c_str()}});
  CHECK(profile.text(1, kStart + 2) == std::string(95, 'x'));
  CHECK(profile.read(1, kStart + 2).inexact);
  CHECK_FALSE(profile.read(0, kStart + 2).inexact);
  CHECK(profile.text(2, kStart + 1 + kHour) == std::string(95, 'x'));
  CHECK(profile.text(2, kStart + 2 + kHour) == "(missing)");
  CHECK(profile.next_change(2, kStart + 2) == kStart + 2 + kHour);
}

TEST_CASE("distinct tells kinds apart and counts each value once") {
  Watched profile(R"("behaviors":{"n":{"event":"E","distinct":"properties.v"},
    "w":{"event":"E","distinct":"properties.v","within":"1h"}})");
  CHECK(profile.number(0, kStart) == 0);
  profile.event(kStart, "E", {{"v", "1"}});
  profile.event(kStart + 1, "E", {{"v", 1.0}});
  profile.event(kStart + 2, "E", {{"v", true}});
  profile.event(kStart + 3, "E", {{"v", "true"}});
  profile.event(kStart + 4, "E", {{"v", false}});
  profile.event(kStart + 5, "E", {{"v", ""}});
  profile.event(kStart + 6, "E");
  profile.event(kStart + 7, "E", {{"v", "1"}});
  profile.event(kStart + 8, "E", {{"v", 0.0}});
  profile.event(kStart + 9, "E", {{"v", -0.0}});
  CHECK(profile.number(0, kStart + 9) == 7);
  CHECK(profile.number(1, kStart + 9) == 7);
  // Text 1 came again at +7; number 1 is the first to leave.
  CHECK(profile.number(1, kStart + kHour) == 7);
  CHECK(profile.number(1, kStart + 1 + kHour) == 6);
  CHECK(profile.number(1, kStart + 7 + kHour) == 1);
  CHECK(profile.number(1, kStart + 9 + kHour) == 0);
}

TEST_CASE("distinct stays at what it keeps and says so: keep, and one more") {
  Watched profile(R"("behaviors":{"n":{"event":"E","distinct":"properties.v","keep":3},
    "w":{"event":"E","distinct":"properties.v","within":"1h","keep":3}})");
  for (int i = 0; i < 3; ++i) profile.event(kStart + i, "E", {{"v", static_cast<double>(i)}});
  for (int i = 0; i < 3; ++i) profile.event(kStart + 3 + i, "E", {{"v", static_cast<double>(i)}});
  CHECK(profile.number(0, kStart + 6) == 3);
  CHECK_FALSE(profile.read(0, kStart + 6).inexact);
  CHECK_FALSE(profile.read(1, kStart + 6).inexact);
  profile.event(kStart + 6, "E", {{"v", 3.0}});
  CHECK(profile.number(0, kStart + 6) == 3);
  CHECK(profile.read(0, kStart + 6).inexact);
  CHECK(profile.number(1, kStart + 6) == 3);
  CHECK(profile.read(1, kStart + 6).inexact);
  // What was dropped came last at +3.
  CHECK(profile.read(1, kStart + 2 + kHour).inexact);
  CHECK_FALSE(profile.read(1, kStart + 3 + kHour).inexact);
  CHECK(profile.number(1, kStart + 3 + kHour) == 3);
}

TEST_CASE("a sum that would leave the finite numbers stays where it is") {
  const double huge = 1.5e308;
  for (const char* window : {"", R"(,"within":"1h")"}) {
    Watched profile(R"("behaviors":{"s":{"event":"E","sum":"properties.v")" + std::string(window) + "}}");
    profile.event(kStart, "E", {{"v", huge}});
    profile.event(kStart + 1, "E", {{"v", huge}});
    CHECK(profile.number(0, kStart + 1) == huge);
    profile.event(kStart + 2, "E", {{"v", -huge}});
    CHECK(profile.number(0, kStart + 2) == 0);
    profile.event(kStart + 3, "E", {{"v", -1.0}});
    CHECK(profile.number(0, kStart + 3) == -1);
  }
}

TEST_CASE("a window is inexact for as long as what it dropped would lie in it") {
  Watched profile(R"("behaviors":{"few":{"event":"E","within":"1h","keep":2}})");
  profile.event(kStart, "E");
  profile.event(kStart + 1, "E");
  CHECK_FALSE(profile.read(0, kStart + 1).inexact);
  profile.event(kStart + 2, "E");
  CHECK(profile.number(0, kStart + 2) == 2);
  CHECK(profile.read(0, kStart + kHour - 1).inexact);
  CHECK_FALSE(profile.read(0, kStart + kHour).inexact);
  CHECK(profile.number(0, kStart + kHour) == 2);
  profile.event(kStart + 1 + kHour, "E");
  CHECK_FALSE(profile.read(0, kStart + 1 + kHour).inexact);
  CHECK(profile.number(0, kStart + 1 + kHour) == 2);
}

TEST_CASE("a count keeps as many times as it is compared with, also where the number is a text") {
  for (const std::string constant : {"100", "\"100\""}) {
    Watched profile(R"("behaviors":{"b":{"event":"E","within":"1d"}},
      "audiences":{"many":{"behaviors.b":{"$gte":)" +
                    constant + "}}}");
    for (int i = 0; i < 200; ++i) profile.event(kStart + i, "E");
    CHECK(profile.number(0, kStart + 200) == 101);
    CHECK(holds({profile.program(), profile.state(), nullptr, kStart + 200},
                profile.program().audiences()[0].when));
  }
}

TEST_CASE("the next change is when the oldest entry leaves, and the value differs then") {
  for (const char* behavior : kEveryKind) {
    CAPTURE(behavior);
    Watched profile(journey_of(behavior));
    CHECK(profile.next_change(0, kStart) == State::kNever);
    const double values[] = {4, 2, 9, 2};
    for (int i = 0; i < 4; ++i) {
      profile.event(kStart + i * kMinute, "E", {{"v", values[i]}, {"t", "x"}});
    }
    std::int64_t now = kStart + 3 * kMinute;
    for (int changes = 0; changes < 5; ++changes) {
      const std::int64_t next = profile.next_change(0, now);
      if (next == State::kNever) break;
      REQUIRE(next > now);
      const bool same_before = Value::equal(profile.read(0, now).value, profile.read(0, next - 1).value);
      CHECK(same_before);
      now = next;
    }
    CHECK(Value::equal(profile.read(0, now).value, profile.read(0, now + 10 * kDay).value));
  }
}

TEST_CASE("a sequence counts its events in order, each used once") {
  Watched profile(R"("behaviors":{"s":{"sequence":[{"event":"A"},{"event":"B"},{"event":"C"}]}})");
  const auto play = [&](const char* events) {
    profile.state().reset();
    std::int64_t at = kStart;
    for (const char* event = events; *event != 0; ++event)
      profile.event(++at, std::string(1, *event).c_str());
    return profile.number(0, at);
  };
  CHECK(play("") == 0);
  CHECK(play("BCA") == 0);
  CHECK(play("ABC") == 1);
  CHECK(play("AXBYC") == 1);
  CHECK(play("ABCC") == 1);
  CHECK(play("ABCBC") == 1);
  CHECK(play("AABBCC") == 1);
  CHECK(play("ABCABC") == 2);
  CHECK(play("ACBC") == 1);
}

TEST_CASE("one event name in several steps: one event is one step, what is complete starts over") {
  Watched profile(R"("behaviors":{"twice":{"sequence":[{"event":"A"},{"event":"A"}]},
    "up":{"sequence":[{"event":"A","where":{"properties.v":{"$gte":1}}},{"event":"A","where":{"properties.v":{"$gte":2}}},{"event":"B"}]}})");
  for (int i = 1; i <= 5; ++i) {
    profile.event(kStart + i, "A");
    CHECK(profile.number(0, kStart + i) == i / 2);
  }
  profile.event(kStart + 10, "A", {{"v", 2.0}});
  profile.event(kStart + 11, "B");
  CHECK(profile.number(1, kStart + 11) == 0);
  profile.event(kStart + 12, "A", {{"v", 2.0}});
  profile.event(kStart + 13, "B");
  CHECK(profile.number(1, kStart + 13) == 1);
}

TEST_CASE("a sequence is complete when its first event lies after t - within; the latest start counts") {
  const char* journey =
      R"("behaviors":{"s":{"sequence":[{"event":"A"},{"event":"B"},{"event":"C"}],"within":"1h"}})";
  Watched profile(journey);
  profile.event(kStart, "A");
  profile.event(kStart + 1, "B");
  SUBCASE("one millisecond inside") {
    profile.event(kStart + kHour - 1, "C");
    CHECK(profile.number(0, kStart + kDay) == 1);
  }
  SUBCASE("exactly within ago is out") {
    profile.event(kStart + kHour, "C");
    CHECK(profile.number(0, kStart + kDay) == 0);
  }
  SUBCASE("a later start that came as far replaces the earlier") {
    profile.event(kStart + 2, "A");
    profile.event(kStart + 3, "B");
    profile.event(kStart + kHour + 1, "C");
    CHECK(profile.number(0, kStart + kDay) == 1);
  }
  SUBCASE("a later start that came less far does not hide the earlier") {
    profile.event(kStart + 2, "A");
    profile.event(kStart + 3, "C");
    CHECK(profile.number(0, kStart + kDay) == 1);
  }
}

TEST_CASE("what must not come in between discards every partial match, before it is a step itself") {
  Watched profile(R"("behaviors":{
    "s":{"sequence":[{"event":"A"},{"event":"B"}],"not_between":{"event":"X","where":{"properties.v":1}}},
    "self":{"sequence":[{"event":"A"},{"event":"B"}],"not_between":[{"event":"X"},{"event":"A","where":{"properties.v":1}}]}})");
  profile.event(kStart, "A");
  profile.event(kStart + 1, "X");
  profile.event(kStart + 2, "B");
  CHECK(profile.number(0, kStart + 2) == 1);
  CHECK(profile.number(1, kStart + 2) == 0);
  profile.event(kStart + 3, "A");
  profile.event(kStart + 4, "X", {{"v", 1.0}});
  profile.event(kStart + 5, "B");
  CHECK(profile.number(0, kStart + 5) == 1);
  profile.event(kStart + 6, "A", {{"v", 1.0}});
  profile.event(kStart + 7, "B");
  CHECK(profile.number(1, kStart + 7) == 1);
}

TEST_CASE("an affinity lists texts by weight, of equal ones the later first") {
  Watched profile(R"("behaviors":{"i":{"event":"E","affinity":"properties.c","half_life":"1d","keep":3}})");
  CHECK(profile.read(0, kStart).value.is_missing());
  const auto see = [&](std::int64_t time_ms, const char* text) {
    profile.event(time_ms, "E", {{"c", text}});
  };
  see(kStart, "shoes");
  see(kStart, "hats");
  CHECK(profile.list(0, kStart) == "hats shoes");
  see(kStart, "shoes");
  CHECK(profile.list(0, kStart) == "shoes hats");
  profile.event(kStart, "E", {{"c", 5.0}});
  profile.event(kStart, "E");
  CHECK(profile.list(0, kStart) == "shoes hats");
  // Two of shoes weigh one after a day: the later is first.
  see(kStart + kDay, "bags");
  CHECK(profile.list(0, kStart + kDay) == "bags shoes hats");
  CHECK_FALSE(profile.read(0, kStart + kDay).inexact);
  see(kStart + kDay + 1, "belts");
  CHECK(profile.list(0, kStart + kDay + 1) == "belts bags shoes");
  CHECK(profile.read(0, kStart + kDay + 1).inexact);
  see(kStart + kDay + 2, "");
  CHECK(profile.list(0, kStart + kDay + 2) == "belts bags");
  CHECK(profile.read(0, kStart + kDay + 2).value.count() == 3);
}

TEST_CASE("an affinity's texts are cut to what a state keeps, which makes it inexact") {
  Watched profile(R"("behaviors":{"i":{"event":"E","affinity":"properties.c","half_life":"1d"}})");
  profile.event(kStart, "E", {{"c", std::string(96, 'a').c_str()}});
  CHECK_FALSE(profile.read(0, kStart).inexact);
  profile.event(kStart, "E", {{"c", std::string(97, 'a').c_str()}});
  CHECK(profile.list(0, kStart) == std::string(96, 'a'));
  CHECK(profile.read(0, kStart).inexact);
}

TEST_CASE("an affinity is a list in conditions: its top text by index, any by $in") {
  Profile profile(R"("behaviors":{"i":{"event":"E","affinity":"properties.c","half_life":"1d"}},"triggers":[
    {"id":"top","event":"Ping","when":{"behaviors.i.0":"shoes"},"do":[{"channel":"web","slot":"a"}]},
    {"id":"any","event":"Ping","when":{"behaviors.i":{"$in":["hats"]}},"do":[{"channel":"web","slot":"b"}]}])");
  profile.track(kStart, "1", "E", {{"c", "hats"}});
  CHECK(profile.track(kStart, "2", "Ping") == "any:fired");
  profile.track(kStart + 1, "3", "E", {{"c", "shoes"}});
  CHECK(profile.track(kStart + 1, "4", "Ping") == "top:fired any:fired");
}

TEST_CASE("a state from a program that keeps more goes on under one that keeps less") {
  for (const char* kind :
       {R"("max":"properties.v","within":"1d")", R"("first":"properties.v","within":"1d")",
        R"("distinct":"properties.v","within":"1d")", R"("distinct":"properties.v")",
        R"("sum":"properties.v","within":"1d")", R"("affinity":"properties.t","half_life":"1d")"}) {
    CAPTURE(kind);
    const auto journey = [&](int keep) {
      return std::string(R"("behaviors":{"b":{"event":"E","keep":)") + std::to_string(keep) + "," + kind +
             "}}";
    };
    Watched more(journey(9));
    for (int i = 0; i < 9; ++i) {
      more.event(kStart + i, "E", {{"v", 9.0 - i}, {"t", std::to_string(i).c_str()}});
    }
    const std::vector<std::uint8_t> payload = payload_of(more);
    Watched less(journey(3));
    std::vector<std::uint8_t> buffer(4096);
    State state(buffer);
    const std::uint32_t key = less.program().behaviors()[0].key;
    const MutablePayload record = state.resize(key, Family::behavior, payload.size());
    std::copy(payload.begin(), payload.end(), record.begin());
    const auto tree = event_tree("properties", {{"v", 0.5}, {"t", "new"}});
    bind_facts(less.program(), Value::read(tree.data()), EventType::track, less.host().facts());
    const Event event{kStart + 10, EventType::track, "m", "E", less.host().facts()};
    Outcome outcome = less.host().outcome();
    REQUIRE(step(less.program(), state, event, Effects::recorded, outcome) == StepError::none);
    CHECK(read_behavior(less.program(), state, 0, kStart + 10).inexact);
    CHECK(std::as_const(state).find(key, Family::behavior).size() <= payload.size());
  }
}

TEST_CASE("a state too small for a behavior says so and changes nothing else") {
  for (const char* behavior : kEveryKind) {
    CAPTURE(behavior);
    Watched profile(journey_of(behavior));
    std::vector<std::uint8_t> buffer(State::kHeaderBytes + State::kRecordHeadBytes + 3);
    State state(buffer);
    const auto tree = event_tree("properties", {{"v", 2.0}, {"t", "new"}});
    bind_facts(profile.program(), Value::read(tree.data()), EventType::track, profile.host().facts());
    const Event event{kStart, EventType::track, "m", "E", profile.host().facts()};
    Outcome outcome = profile.host().outcome();
    CHECK(step(profile.program(), state, event, Effects::recorded, outcome) == StepError::state_full);
  }
}

TEST_CASE("forged records of any size and content are read and written without harm") {
  std::mt19937 random(17);
  for (const char* behavior : kEveryKind) {
    CAPTURE(behavior);
    Watched profile(journey_of(behavior));
    profile.event(kStart, "E", {{"v", 2.0}, {"t", "some text"}});
    profile.event(kStart + 1, "E", {{"v", 1.0}, {"t", "other text"}});
    const std::vector<std::uint8_t> honest = payload_of(profile);
    const std::size_t room = profile.state().capacity() - State::kHeaderBytes - State::kRecordHeadBytes;
    for (int round = 0; round < 3000; ++round) {
      std::vector<std::uint8_t> payload(honest);
      if (round % 3 != 0) payload.resize(random() % (room + 1));
      for (auto flips = random() % 6; flips > 0 && !payload.empty(); --flips) {
        payload[random() % payload.size()] = static_cast<std::uint8_t>(random() % 4 == 0 ? 0xff : random());
      }
      profile.forge(payload);
      const BehaviorReading before = profile.read(0, kStart + 2);
      if (before.value.is_number()) REQUIRE(before.value.number() - before.value.number() == 0);
      profile.next_change(0, kStart + 2);
      profile.track(kStart + 2, "m", "E", {{"v", 3.0}, {"t", "new"}});
      const BehaviorReading after = profile.read(0, kStart + 3);
      if (after.value.is_number()) REQUIRE(after.value.number() - after.value.number() == 0);
    }
  }
}

TEST_CASE("numbers that are none are never kept") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  for (const char* kind : {"sum", "min", "max"}) {
    Watched profile(std::string(R"("behaviors":{"b":{"event":"E",")") + kind + R"(":"properties.v"}})");
    std::vector<std::uint8_t> payload(8);
    for (const double forged : {nan, std::numeric_limits<double>::infinity()}) {
      store(payload.data(), forged);
      profile.forge(payload);
      const Value read = profile.read(0, kStart).value;
      CHECK((read.is_missing() || read.number() == 0));
      profile.event(kStart, "E", {{"v", 4.0}});
      CHECK(profile.number(0, kStart) == 4);
    }
  }
}
