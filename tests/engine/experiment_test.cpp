#include "sdk/engine/experiment.hpp"

#include <doctest/doctest.h>

#include <cstdio>

#include "sdk/engine/bucketing.hpp"
#include "sdk/engine/identity.hpp"
#include "tests/journey_fixture.hpp"

using namespace desirepath;
using namespace desirepath::tests;

namespace {

constexpr const char* kFactors = R"("triggers":[
  {"id":"t","event":"E","do":[{"channel":"web","slot":"a","content":{"v":0}},{"channel":"email"}]},
  {"id":"w","after":{"event":"Cart"},"for":"1h","do":[{"channel":"sms"}]},
  {"id":"x","event":"E","enabled":false,"do":[{"channel":"push"}]}],
  "experiments":[{"id":"rescue","outcome":{"behavior":"b"},"factors":{
    "timing":{"w.for":["30m","4h"],"x.enabled":[false,true]},
    "channel":{"t.do":["web",["web","email"]]}}}],"behaviors":{"b":{"event":"B"}})";

// A person of one anonymousId; what happens is logged as "trigger@channel[treatment]:outcome".
class Person {
 public:
  Person(Profile& profile, std::string anonymous_id)
      : profile_(profile), anonymous_id_(std::move(anonymous_id)) {}

  std::string track(std::int64_t time_ms, const std::string& id, const std::string& name,
                    const std::string& properties = "{}") {
    const std::string who = anonymous_id_.empty() ? "" : "\"anonymousId\":\"" + anonymous_id_ + "\",";
    const auto tree = json_tree("{" + who + "\"properties\":" + properties + "}");
    const Program& program = profile_.program();
    bind_facts(program, Value::read(tree.data()), EventType::track, profile_.host().facts());
    const Event event{time_ms, EventType::track, id, name, profile_.host().facts()};
    Outcome outcome = profile_.host().outcome();
    REQUIRE(step(program, profile_.state(), event, profile_.effects, outcome) == StepError::none);
    return told(outcome);
  }
  std::string wake(std::int64_t time_ms) {
    Outcome outcome = profile_.host().outcome();
    REQUIRE(desirepath::wake(profile_.program(), profile_.state(), time_ms, profile_.effects, outcome) ==
            StepError::none);
    return told(outcome);
  }
  void become(const std::string& anonymous_id) { anonymous_id_ = anonymous_id; }
  std::string assigned;  // by the last call: "experiment=treatment", "!" where held out

 private:
  std::string told(const Outcome& outcome) {
    const Program& program = profile_.program();
    std::string log;
    for (const Decision& decision : outcome.decisions()) {
      const auto& action = program.actions()[decision.action];
      if (!log.empty()) log += ' ';
      log += std::string(program.string(program.triggers()[decision.trigger].id)) + '@' +
             std::string(program.string(program.channels()[action.channel].id)) + '[' +
             std::string(program.optional_string(decision.treatment)) +
             "]:" + std::string(decision.fired ? "fired" : to_string(decision.reason));
    }
    assigned.clear();
    for (const Assignment& place : outcome.assignments()) {
      if (!assigned.empty()) assigned += ' ';
      assigned += std::string(program.string(program.experiments()[place.experiment].id)) + '=' +
                  std::string(program.optional_string(place.treatment)) + (place.is_held_out ? "!" : "") +
                  '/' + std::string(place.unit);
    }
    return log;
  }

  Profile& profile_;
  std::string anonymous_id_;
};

// The first "a<n>" whose buckets satisfy `wanted`.
template <typename Wanted>
std::string person_whose(Wanted wanted) {
  for (int i = 1;; ++i) {
    const std::string id = "a" + std::to_string(i);
    if (wanted(id)) return id;
  }
}

std::uint32_t bucket(const std::string& seed, const std::string& unit) {
  return bucket_of(fnv1a(seed), unit);
}

}  // namespace

TEST_CASE("a treatment says how long a trigger waits, on which channels it speaks and whether it does") {
  Profile profile(kFactors);
  const auto levels = [](const std::string& id) {
    return std::pair(bucket("rescue:timing", id) / 5000, bucket("rescue:channel", id) / 5000);
  };
  SUBCASE("the first levels") {
    Person person(profile, person_whose([&](const auto& id) { return levels(id) == std::pair(0u, 0u); }));
    CHECK(person.track(kStart, "m", "E") == "t@web[timing=30m,channel=web]:fired");
    CHECK(person.assigned.rfind("rescue=timing=30m,channel=web/a", 0) == 0);
    person.track(kStart + 1, "n", "Cart");
    CHECK(person.assigned == "");
    CHECK(person.wake(kStart + 30 * kMinute) == "");
    CHECK(person.wake(kStart + 1 + 30 * kMinute) == "w@sms[timing=30m,channel=web]:fired");
  }
  SUBCASE("the last levels, assigned as the wait begins") {
    Person person(profile, person_whose([&](const auto& id) { return levels(id) == std::pair(1u, 1u); }));
    CHECK(person.track(kStart, "m", "Cart") == "");
    CHECK(person.assigned.rfind("rescue=timing=4h,channel=web+email/a", 0) == 0);
    CHECK(person.track(kStart + kHour, "n", "E") ==
          "t@web[timing=4h,channel=web+email]:fired t@email[timing=4h,channel=web+email]:fired "
          "x@push[timing=4h,channel=web+email]:fired");
    CHECK(person.wake(kStart + 4 * kHour - 1) == "");
    CHECK(person.wake(kStart + 4 * kHour) == "w@sms[timing=4h,channel=web+email]:fired");
  }
  SUBCASE("a place stays whatever unit comes later") {
    const std::string first = person_whose([&](const auto& id) { return levels(id) == std::pair(0u, 0u); });
    const std::string second = person_whose([&](const auto& id) { return levels(id) == std::pair(1u, 1u); });
    Person person(profile, first);
    person.track(kStart, "m", "E");
    person.become(second);
    CHECK(person.track(kStart + 1, "n", "E") == "t@web[timing=30m,channel=web]:fired");
    CHECK(person.assigned == "");
    CHECK_FALSE(read_place(profile.program(), profile.state(), 0).is_crossed);
  }
  SUBCASE("without the unit the trigger is as declared, and a wait begun so ends so") {
    Person person(profile, "");
    CHECK(person.track(kStart, "m", "E") == "t@web[]:fired t@email[]:fired");
    person.track(kStart + 1, "n", "Cart");
    CHECK(person.wake(kStart + 1 + kHour) == "w@sms[]:fired");
    CHECK(person.assigned == "");
  }
}

TEST_CASE("people fall into levels by their weights, and outside of coverage and namespace into none") {
  Profile profile(R"("triggers":[{"id":"t","event":"E","do":[{"channel":"web","slot":"a"}]}],
    "experiments":[{"id":"e","coverage":0.5,"namespace":{"id":"n","range":[0.2,0.7]},
      "factors":{"f":{"t.content":[{"v":1},{"v":2},{"v":3}]}},"weights":{"f":[0.2,0,0.8]}}])");
  int counted[4] = {};
  for (int i = 0; i < 4000; ++i) {
    const std::string id = "u" + std::to_string(i);
    profile.state().reset();
    Person person(profile, id);
    const std::string log = person.track(kStart, "m", "E");
    const double coarse = share_of(coarse_bucket_of(id, "__n"), kCoarseBuckets);
    const bool takes_part = bucket("e:coverage", id) < 5000 && coarse >= 0.2 && coarse < 0.7;
    const int level = takes_part ? (bucket("e:f", id) < 2000 ? 0 : 2) : 3;
    ++counted[level];
    REQUIRE(log == (takes_part ? "t@web[f=" + std::to_string(level) + "]:fired" : "t@web[]:fired"));
    REQUIRE(person.assigned == (takes_part ? "e=f=" + std::to_string(level) + "/" + id : ""));
  }
  CHECK(counted[0] > 150);
  CHECK(counted[2] > 650);
  CHECK(counted[3] > 2500);
}

TEST_CASE("who is held out is told the treatment that would have been, and fills no cap") {
  Profile profile(R"("triggers":[
    {"id":"t","event":"E","cap":{"times":1,"per":"1d"},"do":[{"channel":"web","slot":"a"}]},
    {"id":"u","event":"F","do":[{"channel":"web","slot":"a"}]}],
    "experiments":[{"id":"e","holdout":0.3,"factors":{"f":{"t.content":[{"v":1},{"v":2}]}}}],"holdout":0.1)");
  const auto is_out = [](const std::string& id) { return bucket("t:holdout", id) < 1000; };
  const auto is_held = [](const std::string& id) { return bucket("e:holdout", id) < 3000; };
  SUBCASE("by the experiment") {
    const std::string id = person_whose([&](const auto& one) { return !is_out(one) && is_held(one); });
    const std::string treatment = bucket("e:f", id) < 5000 ? "f=0" : "f=1";
    Person person(profile, id);
    CHECK(person.track(kStart, "m", "E") == "t@web[" + treatment + "]:holdout");
    CHECK(person.assigned == "holdout=in/" + id + " e=" + treatment + "!/" + id);
    CHECK(person.track(kStart + 1, "n", "E") == "t@web[" + treatment + "]:holdout");
    CHECK(person.track(kStart + 1, "o", "F") == "u@web[]:fired");
  }
  SUBCASE("by the journey, from everything") {
    const std::string id = person_whose([&](const auto& one) { return is_out(one) && !is_held(one); });
    const std::string treatment = bucket("e:f", id) < 5000 ? "f=0" : "f=1";
    Person person(profile, id);
    CHECK(person.track(kStart, "m", "F") == "u@web[]:holdout");
    CHECK(person.assigned == "holdout=out!/" + id);
    CHECK(person.track(kStart + 1, "n", "E") == "t@web[" + treatment + "]:holdout");
    CHECK(person.assigned == "e=" + treatment + "/" + id);
  }
  SUBCASE("a fact of what would have been shown fills no cap") {
    profile.effects = Effects::recorded;
    const std::string id = person_whose([&](const auto& one) { return !is_out(one) && !is_held(one); });
    Person person(profile, id);
    const char* fact = R"({"decisionId":"m~t~web","trigger":"t","channel":"web")";
    person.track(kStart, "x", "Decision Exposed", std::string(fact) + ",\"holdout\":true}");
    const std::string treatment = bucket("e:f", id) < 5000 ? "f=0" : "f=1";
    CHECK(person.track(kStart + 1, "m", "E") == "t@web[" + treatment + "]:fired");
    person.track(kStart + 2, "y", "Decision Exposed", std::string(fact) + "}");
    CHECK(person.track(kStart + 3, "n", "E") == "t@web[" + treatment + "]:cap_trigger");
  }
}

TEST_CASE("assignment facts are adopted: the earliest wins, one that disagrees crosses the profile") {
  Profile profile(kFactors);
  const Program& program = profile.program();
  const std::string id = person_whose([](const auto& one) {
    return bucket("rescue:timing", one) < 5000 && bucket("rescue:channel", one) < 5000;
  });
  Person person(profile, id);
  const auto say = [&](std::int64_t time_ms, const std::string& treatment, const std::string& more = "") {
    person.track(time_ms, "f" + std::to_string(time_ms), "Experiment Assigned",
                 R"({"experiment":"rescue","unit":"z","treatment":")" + treatment + "\"" + more + "}");
  };
  SUBCASE("before anything was decided") {
    say(kStart, "timing=4h,channel=web");
    CHECK(read_place(program, profile.state(), 0).time_ms == kStart);
    CHECK(person.track(kStart + 1, "m", "E").rfind("t@web[timing=4h,channel=web]:fired", 0) == 0);
    CHECK(person.assigned == "");
    CHECK_FALSE(read_place(program, profile.state(), 0).is_crossed);
  }
  SUBCASE("what was decided here says the same") {
    person.track(kStart, "m", "E");
    say(kStart + 1, "timing=30m,channel=web");
    CHECK_FALSE(read_place(program, profile.state(), 0).is_crossed);
    say(kStart + 2, "timing=30m,channel=web+email");
    CHECK(read_place(program, profile.state(), 0).is_crossed);
    CHECK(person.track(kStart + 3, "n", "E") == "t@web[timing=30m,channel=web]:fired");
  }
  SUBCASE("held out in one place and not in the other") {
    say(kStart, "timing=30m,channel=web", ",\"holdout\":true");
    CHECK(person.track(kStart + 1, "m", "E") == "t@web[timing=30m,channel=web]:holdout");
    CHECK_FALSE(read_place(program, profile.state(), 0).is_crossed);
    say(kStart + 2, "timing=30m,channel=web");
    CHECK(read_place(program, profile.state(), 0).is_crossed);
  }
  SUBCASE("by hashed names, as a device says them") {
    const auto hashed = [](std::string_view kind, std::string_view name) {
      char text[16];
      std::snprintf(text, sizeof text, "#%08x", definition_key(kind, name));
      return std::string(text);
    };
    person.track(kStart, "f", "Experiment Assigned",
                 "{\"experiment\":\"" + hashed("experiment", "rescue") + "\",\"treatment\":\"" +
                     hashed("treatment", "timing=4h,channel=web") + "\"}");
    CHECK(read_place(program, profile.state(), 0).is_assigned);
  }
  SUBCASE("a treatment the experiment does not have is none") {
    say(kStart, "timing=2h,channel=web");
    CHECK_FALSE(read_place(program, profile.state(), 0).is_assigned);
  }
}

TEST_CASE("a place in the state of any bytes is read within them") {
  Profile profile(kFactors);
  for (std::size_t size = 0; size < 40; ++size) {
    profile.state().reset();
    const MutablePayload record =
        profile.state().resize(profile.program().experiments()[0].key, Family::assignment, size);
    for (std::uint8_t& byte : record) byte = 0xff;
    CHECK_FALSE(read_place(profile.program(), profile.state(), 0).is_assigned);
    Person person(profile, "a2");
    CHECK(person.track(kStart, "m", "E") == "t@web[timing=30m,channel=web]:fired");
    CHECK(person.assigned != "");
  }
}
