#include "sdk/engine/takeover.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <vector>

#include "sdk/engine/behavior.hpp"
#include "sdk/engine/experiment.hpp"
#include "sdk/engine/stage.hpp"
#include "tests/journey_fixture.hpp"

using namespace desirepath;
using namespace desirepath::tests;

namespace {

struct Happening {
  std::int64_t time_ms;
  std::string message_id;
  std::string name;
};

// A person under version one until `at_ms`, then under version two, as a host does it.
class TwoVersions {
 public:
  TwoVersions(std::string_view one, std::string_view two) : one_(one), two_(two) {}

  void live(const std::vector<Happening>& happenings, std::int64_t at_ms) {
    for (const Happening& happening : happenings) {
      one_.track(happening.time_ms, happening.message_id, happening.name);
      const auto tree = event_tree("properties", {});
      bind_facts(two_.program(), Value::read(tree.data()), EventType::track, two_.host().facts());
      const Event event{happening.time_ms, EventType::track, happening.message_id, happening.name,
                        two_.host().facts()};
      REQUIRE(backfill(two_.program(), two_.state(), event) == StepError::none);
    }
    one_.wake(at_ms);
    REQUIRE(take_over(two_.program(), two_.state(), one_.program(), one_.state(), at_ms));
  }

  std::string stage() {
    const CurrentStage current = current_stage(two_.program(), two_.state());
    if (!current.known) return "";
    return std::string(two_.program().string(two_.program().stages()[current.stage].id));
  }

  Profile& two() { return two_; }

 private:
  Profile one_;
  Profile two_;
};

const std::string kStages =
    R"("stages":[{"id":"look","enter":{"event":"L"}},{"id":"buy","enter":{"event":"B"}}])";

std::string waiting(std::string_view duration) {
  return R"("triggers":[{"id":"w","after":{"event":"B"},"for":")" + std::string(duration) +
         R"(","do":[{"channel":"web","slot":"s"}]}])";
}

}  // namespace

TEST_CASE("a stage stays where its id survives") {
  TwoVersions versions(kStages, R"("stages":[{"id":"buy","enter":{"event":"X"}}])");
  versions.live({{kStart, "1", "L"}, {kStart + 1, "2", "B"}}, kStart + kHour);
  CHECK(versions.stage() == "buy");
  CHECK(current_stage(versions.two().program(), versions.two().state()).since_ms == kStart + 1);
}

TEST_CASE("a stage that is gone becomes what the new version says, else none") {
  TwoVersions mapped(kStages, R"("migrate":{"buy":"pay"},"stages":[{"id":"pay","enter":{"event":"P"}}])");
  mapped.live({{kStart, "1", "B"}}, kStart + kHour);
  CHECK(mapped.stage() == "pay");
  TwoVersions unmapped(kStages, R"("stages":[{"id":"pay","enter":{"event":"B"}}])");
  unmapped.live({{kStart, "1", "B"}}, kStart + kHour);
  CHECK(unmapped.stage().empty());
}

TEST_CASE("behaviors are those of all events, also such as the earlier version did not know") {
  TwoVersions versions(kStages, R"("behaviors":{"b":{"event":"B"}})");
  versions.live({{kStart, "1", "B"}, {kStart + 1, "2", "B"}}, kStart + kHour);
  CHECK(read_behavior(versions.two().program(), versions.two().state(), 0, kStart + kHour).value.number() ==
        2);
}

TEST_CASE("an armed wait ends when it was to end") {
  TwoVersions versions(waiting("2h"), waiting("5h"));
  versions.live({{kStart, "1", "B"}}, kStart + kHour);
  CHECK(next_wake(versions.two().state()) == kStart + 2 * kHour);
  CHECK(versions.two().wake(kStart + 2 * kHour) == "w:fired");
}

TEST_CASE("an armed wait moves to the new length, not into the past") {
  TwoVersions longer(waiting("2h"), R"("inflight":"migrate",)" + waiting("5h"));
  longer.live({{kStart, "1", "B"}}, kStart + kHour);
  CHECK(next_wake(longer.two().state()) == kStart + 5 * kHour);
  TwoVersions shorter(waiting("9h"), R"("inflight":"migrate",)" + waiting("1h"));
  shorter.live({{kStart, "1", "B"}}, kStart + 3 * kHour);
  CHECK(next_wake(shorter.two().state()) == kStart + 3 * kHour);
}

TEST_CASE("a wait whose trigger is gone does not go on") {
  TwoVersions versions(waiting("2h"), kStages);
  versions.live({{kStart, "1", "B"}}, kStart + kHour);
  CHECK(next_wake(versions.two().state()) == State::kNever);
}

TEST_CASE("nothing happens because of a new version: what the earlier one did not wait for is not armed") {
  TwoVersions versions(kStages, waiting("2h"));
  versions.live({{kStart, "1", "B"}}, kStart + kHour);
  CHECK(next_wake(versions.two().state()) == State::kNever);
}

TEST_CASE("audiences are looked at anew without an occasion, and followed from then on") {
  const std::string watching =
      R"("behaviors":{"n":{"event":"B","within":"2h"}},"audiences":{"a":{"behaviors.n":{"$gte":1}}},"triggers":[
    {"id":"in","on":{"audience_enter":"a"},"do":[{"channel":"web","slot":"s"}]},
    {"id":"out","on":{"audience_leave":"a"},"do":[{"channel":"web","slot":"s"}]}])";
  TwoVersions members(kStages, watching);
  members.live({{kStart, "1", "B"}, {kStart + 1, "2", "X"}}, kStart + kHour);
  CHECK(members.two().wake(kStart + 2 * kHour) == "out:fired");
  CHECK(members.two().last_anchor == "1");
  TwoVersions others(kStages, watching);
  others.live({{kStart, "1", "B"}, {kStart + 1, "2", "X"}}, kStart + 3 * kHour);
  CHECK(others.two().state().next_wake_ms() == State::kNever);
  CHECK(others.two().track(kStart + kDay, "3", "B") == "in:fired");
  TwoVersions at_a_turn(kStages,
                        R"("behaviors":{"n":{"event":"B","within":"2h"}},"audiences":{"a":{"behaviors.n":1}},
    "triggers":[{"id":"out","on":{"audience_leave":"a"},"do":[{"channel":"web","slot":"s"}]}])");
  at_a_turn.live({{kStart, "1", "B"}, {kStart + kHour, "2", "B"}}, kStart + 2 * kHour);
  CHECK(at_a_turn.two().wake(kStart + 3 * kHour) == "out:fired");
  CHECK(at_a_turn.two().last_anchor == "2");
}

TEST_CASE("nobody is stuck because a new version says how long is too long, but later they are") {
  const std::string stuck = R"("stages":[{"id":"buy","enter":{"event":"B"},"stuck_after":"2h"}],
    "triggers":[{"id":"t","on":{"stage_stuck":"buy"},"do":[{"channel":"web","slot":"s"}]}])";
  TwoVersions early(kStages, stuck);
  early.live({{kStart, "1", "B"}}, kStart + kHour);
  CHECK(early.two().wake(kStart + kDay) == "t:fired");
  CHECK(early.two().last_anchor == "1");
  TwoVersions late(kStages, stuck);
  late.live({{kStart, "1", "B"}}, kStart + 2 * kHour);
  CHECK(late.two().wake(kStart + kDay) == "");
}

TEST_CASE("dates that are to come are waited for, those that came before are passed over") {
  const std::string dated = R"("behaviors":{"at":{"event":"B","last":"properties.at"}},"triggers":[
    {"id":"t","schedule":{"fact":"behaviors.at"},"do":[{"channel":"web","slot":"s"}]}])";
  for (const bool is_to_come : {true, false}) {
    Profile one(kStages);
    Profile two(dated);
    const auto tree = event_tree("properties", {{"at", static_cast<double>(kStart + 2 * kHour)}});
    bind_facts(two.program(), Value::read(tree.data()), EventType::track, two.host().facts());
    const Event event{kStart, EventType::track, "1", "B", two.host().facts()};
    REQUIRE(backfill(two.program(), two.state(), event) == StepError::none);
    const std::int64_t at_ms = is_to_come ? kStart + kHour : kStart + 2 * kHour;
    REQUIRE(take_over(two.program(), two.state(), one.program(), one.state(), at_ms));
    CHECK(two.wake(kStart + kDay) == (is_to_come ? "t:fired" : ""));
  }
}

TEST_CASE("where waits are migrated, one for a date has no length that could change") {
  const std::string dated =
      R"("triggers":[{"id":"w","schedule":{"fact":"traits.at"},"do":[{"channel":"web","slot":"s"}]}])";
  Profile one(dated);
  Profile two(R"("inflight":"migrate",)" + waiting("5h"));
  one.send(kStart, "1", EventType::identify, "identify",
           json_tree(R"({"traits":{"at":)" + std::to_string(kStart + 2 * kHour) + "}}"));
  const Event event{kStart, EventType::identify, "1", "identify", two.host().facts()};
  REQUIRE(backfill(two.program(), two.state(), event) == StepError::none);
  REQUIRE(take_over(two.program(), two.state(), one.program(), one.state(), kStart + kHour));
  CHECK(next_wake(two.state()) == kStart + 2 * kHour);
}

TEST_CASE("who has had no event is nobody's yet: the first is still to come") {
  TwoVersions versions(kStages, R"("audiences":{"new":{"stage":{"$exists":false}}},
    "triggers":[{"id":"in","on":{"audience_enter":"new"},"do":[{"channel":"web","slot":"s"}]}])");
  versions.live({}, kStart - kHour);
  CHECK(versions.two().track(kStart, "1", "X") == "in:fired");
}

TEST_CASE("of places in experiments those come along that the new version knows") {
  const auto tried = [](const std::string& levels) {
    return R"("experiments":[{"id":"x","factors":{"f":{"w.for":)" + levels + "}}}]," + waiting("2h");
  };
  const auto place_in = [](Profile& profile, std::uint32_t experiment) {
    const Place place = read_place(profile.program(), profile.state(), experiment);
    return place.is_assigned ? profile.program().string(profile.program().cells()[place.cell].treatment)
                             : std::string_view("none");
  };
  const auto taken_over = [&](const std::string& definitions) {
    Profile one(tried(R"(["2h","3h"])"));
    auto two = std::make_unique<Profile>(definitions);
    const auto stated = json_tree(R"({"properties":{"experiment":"x","treatment":"f=3h"}})");
    one.send(kStart, "1", EventType::track, "Experiment Assigned", stated);
    REQUIRE(place_in(one, 0) == "f=3h");
    const Event event{kStart, EventType::track, "2", "Other", two->host().facts()};
    REQUIRE(backfill(two->program(), two->state(), event) == StepError::none);
    REQUIRE(take_over(two->program(), two->state(), one.program(), one.state(), kStart + kHour));
    return two;
  };
  CHECK(place_in(*taken_over(tried(R"(["3h","4h"])")), 0) == "f=3h");
  CHECK(place_in(*taken_over(tried(R"(["1h","4h"])")), 0) == "none");
  const auto without = taken_over(R"("behaviors":{"b":{"event":"B"}})");
  CHECK(without->state().bytes().size() == State::kHeaderBytes);
}

TEST_CASE("a takeover without room is told") {
  Profile one(kStages);
  one.track(kStart, "1", "B");
  Profile two(kStages);
  std::vector<std::uint8_t> small(State::kHeaderBytes);
  State state(small);
  state.set_clock_ms(kStart);
  CHECK_FALSE(take_over(two.program(), state, one.program(), one.state(), kStart));
}

TEST_CASE("what 'migrate' and 'inflight' say is checked") {
  const auto mistakes = [](const std::string& definitions) {
    const std::string text =
        R"({"schema":"desirepath/journey/1","journey":"t","version":1,)" + kStages + "," + definitions + "}";
    return all_of(compiler::compile_journey(text, "j.json").diagnostics);
  };
  CHECK(mistakes(R"("migrate":{"old":"by"})").find("unknown stage 'by' (did you mean 'buy'?)") !=
        std::string::npos);
  CHECK(mistakes(R"("migrate":{"look":"buy"})").find("stage 'look', which this version has") !=
        std::string::npos);
  CHECK(mistakes(R"("migrate":{"old":3})").find("names a stage for 'old', not a number") !=
        std::string::npos);
  CHECK(mistakes(R"("inflight":"drains")").find("(did you mean 'drain'?)") != std::string::npos);
}
