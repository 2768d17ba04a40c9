#include "sdk/engine/effect_gate.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>

#include "sdk/engine/limits.hpp"
#include "tests/journey_fixture.hpp"

using namespace desirepath;
using namespace desirepath::tests;

namespace {

constexpr const char* kJourney = R"("purposes":{"news":{"cap":{"times":1,"per":"2d"}}},
  "promises":{"ten":{"contradicts":["twenty"],"for":"3h"}},
  "channels":{"email":{"cap":{"times":2,"per":"1d"},"consent":"marketing"}},
  "suppressions":{"quarrel":{"when":{"behaviors.complaints":{"$gte":1}},"channels":["email"]}},
  "behaviors":{"complaints":{"event":"Complaint"}},
  "triggers":[
    {"id":"t","event":"E","freshness":"2d","cap":{"times":1,"per":"10h"},"do":[{"channel":"email"},{"channel":"web","slot":"a"}]},
    {"id":"n","event":"F","freshness":"2d","purpose":"news","do":[{"channel":"sms"}]},
    {"id":"o","event":"F","freshness":"2d","purpose":"news","promise":"ten","do":[{"channel":"sms"}]},
    {"id":"p","event":"F","freshness":"2d","promise":"twenty","do":[{"channel":"sms"}]},
    {"id":"d","event":"F","do":[{"channel":"web","slot":"b"}]}])";

struct Stated {
  std::int64_t time_ms;
  std::string trigger;
  std::string anchor;
  std::string channel;
  std::string statement = "Decision Delivered";
};

// A person to whom all that was said happened, in order.
class Folded {
 public:
  explicit Folded(std::vector<Stated> effects) : profile_(kJourney) {
    profile_.effects = Effects::recorded;
    const auto consent = json_tree(R"({"context":{"consent":{"categoryPreferences":{"marketing":true}}}})");
    profile_.send(kStart - 1000 * kDay, "0", EventType::track, "Start", consent);
    std::stable_sort(effects.begin(), effects.end(),
                     [](const auto& a, const auto& b) { return a.time_ms < b.time_ms; });
    for (const Stated& effect : effects) {
      const std::string id = effect.anchor + "~" + effect.trigger + "~" + effect.channel;
      const char* purpose = effect.trigger == "n" || effect.trigger == "o" ? "news" : "";
      const char* promise = effect.trigger == "o" ? "ten" : effect.trigger == "p" ? "twenty" : "";
      profile_.track(effect.time_ms, id + effect.statement, effect.statement,
                     {{"decisionId", id.c_str()},
                      {"trigger", effect.trigger.c_str()},
                      {"purpose", purpose},
                      {"promise", promise},
                      {"channel", effect.channel.c_str()}});
    }
  }

  std::string gate(const std::string& trigger, std::uint32_t action, const std::string& anchor,
                   std::int64_t time_ms, std::int64_t now_ms) {
    const Program& program = profile_.program();
    for (std::uint32_t i = 0; i < program.triggers().size(); ++i) {
      if (program.string(program.triggers()[i].id) != trigger) continue;
      const Proposal proposal{i, program.triggers()[i].actions.begin + action, anchor, time_ms};
      return std::string(to_string(reason_to_stop({program, profile_.state(), nullptr, now_ms}, proposal)));
    }
    FAIL("no trigger ", trigger);
    return {};
  }
  Profile& profile() { return profile_; }

 private:
  Profile profile_;
};

}  // namespace

TEST_CASE("a proposal passes the gate within its freshness, and not a moment later") {
  Folded person({});
  CHECK(person.gate("d", 0, "m", kStart, kStart) == "");
  CHECK(person.gate("d", 0, "m", kStart, kStart + kHour) == "");
  CHECK(person.gate("d", 0, "m", kStart, kStart + kHour + 1) == "stale");
  CHECK(person.gate("t", 1, "m", kStart, kStart + 2 * kDay) == "");
  CHECK(person.gate("t", 1, "m", kStart, kStart + 2 * kDay + 1) == "stale");
}

TEST_CASE("what was withdrawn since the decision stops it") {
  Folded person({});
  CHECK(person.gate("t", 0, "m", kStart, kStart + 2) == "");
  person.profile().track(kStart + 1, "c", "Complaint");
  CHECK(person.gate("t", 0, "m", kStart, kStart + 2) == "suppressed");
  CHECK(person.gate("t", 1, "m", kStart, kStart + 2) == "");
  const auto consent = json_tree(R"({"context":{"consent":{"categoryPreferences":{"marketing":false}}}})");
  person.profile().send(kStart + 1, "w", EventType::track, "Withdrawn", consent);
  CHECK(person.gate("t", 0, "m", kStart, kStart + 2) == "consent");
}

TEST_CASE("an effect on either side of the proposal's time, or of now, fills its cap") {
  const std::int64_t now = kStart + kDay;
  const auto gate = [&](std::int64_t effect_ms, std::int64_t proposed_ms) {
    return Folded({{effect_ms, "t", "other", "sms"}}).gate("t", 1, "m", proposed_ms, now);
  };
  CHECK(gate(kStart - 10 * kHour, kStart) == "");
  CHECK(gate(kStart - 10 * kHour + 1, kStart) == "cap_trigger");
  CHECK(gate(kStart + 10 * kHour - 1, kStart) == "cap_trigger");
  CHECK(gate(kStart + 10 * kHour, kStart) == "");
  CHECK(gate(now - 10 * kHour, kStart) == "");
  CHECK(gate(now - 10 * kHour + 1, kStart) == "cap_trigger");
  // The same trigger's other channel after the same anchor.
  CHECK(Folded({{kStart, "t", "m", "email"}}).gate("t", 1, "m", kStart, now) == "");
  // A reservation that was taken back.
  CHECK(Folded({{kStart, "t", "x", "email", "Decision Reserved"}}).gate("t", 1, "m", kStart, now) ==
        "cap_trigger");
  CHECK(Folded({{kStart, "t", "x", "email", "Decision Reserved"},
                {kStart + 1, "t", "x", "email", "Decision Released"}})
            .gate("t", 1, "m", kStart, now) == "");
}

TEST_CASE("no window of a cap may hold more than the cap, wherever the further effect lies in it") {
  const auto gate = [](std::vector<std::int64_t> hours) {
    std::vector<Stated> effects;
    for (std::size_t i = 0; i < hours.size(); ++i) {
      effects.push_back({kStart + hours[i] * kHour, "x", "x" + std::to_string(i), "email"});
    }
    return Folded(effects).gate("t", 0, "m", kStart, kStart + 40 * kHour);
  };
  CHECK(gate({-12, 11}) == "cap_channel");  // -12, 0, 11 lie in one day
  CHECK(gate({-12, 12}) == "");             // a day apart
  CHECK(gate({5, 23}) == "cap_channel");
  CHECK(gate({5, 24}) == "");
  CHECK(gate({-20, -1}) == "cap_channel");
  CHECK(gate({17, 39}) == "cap_channel");  // 17, 39, 40
}

TEST_CASE(
    "another trigger's effect for the purpose, or against the promise, stops what was proposed before") {
  const std::int64_t now = kStart + kDay;
  const auto served = [&](std::int64_t hours) {
    return Folded({{kStart + hours * kHour, "o", "x", "sms"}}).gate("n", 0, "m", kStart, now);
  };
  CHECK(served(-48) == "");
  CHECK(served(-47) == "purpose_served");
  CHECK(served(20) == "purpose_served");
  const auto promised = [&](std::int64_t hours) {
    return Folded({{kStart + hours * kHour, "o", "x", "sms"}}).gate("p", 0, "m", kStart, now);
  };
  CHECK(promised(-3) == "");
  CHECK(promised(-2) == "promise_conflict");
  CHECK(promised(1) == "promise_conflict");
}

TEST_CASE("what passes the gate never makes two effects of a window, whoever acts and whenever it is told") {
  const auto seed = static_cast<std::uint32_t>(std::random_device{}());
  CAPTURE(seed);
  std::mt19937 random(seed);
  int passed = 0;
  for (int round = 0; round < 60; ++round) {
    std::vector<Stated> effects;
    std::int64_t now = kStart;
    for (int i = 0; i < 40; ++i) {
      now += static_cast<std::int64_t>(random() % (5 * kHour));
      const std::int64_t proposed = now - static_cast<std::int64_t>(random() % (2 * kDay));
      const std::string anchor = "m" + std::to_string(i);
      // Facts arrive in any order: the state is folded of all of them.
      std::shuffle(effects.begin(), effects.end(), random);
      const std::string reason = Folded(effects).gate("t", 0, anchor, proposed, now);
      const auto in_way = [&](std::int64_t at, std::int64_t per, const auto& counts) {
        return std::any_of(effects.begin(), effects.end(), [&](const Stated& effect) {
          return counts(effect) && effect.time_ms > at - per && effect.time_ms < at + per;
        });
      };
      const auto of_trigger = [](const Stated& effect) { return effect.trigger == "t"; };
      const bool is_capped = in_way(now, 10 * kHour, of_trigger) || in_way(proposed, 10 * kHour, of_trigger);
      if (is_capped) REQUIRE(reason == "cap_trigger");
      if (reason != "") {
        // Another system's effects go past the gate.
        if (random() % 4 == 0) effects.push_back({now, "x", anchor, "email"});
        continue;
      }
      ++passed;
      REQUIRE_FALSE(is_capped);
      effects.push_back(
          {now, "t", anchor, "email", random() % 2 == 0 ? "Decision Reserved" : "Decision Exposed"});
      for (const Stated& end : effects) {
        const auto held = std::count_if(effects.begin(), effects.end(), [&](const Stated& effect) {
          return effect.time_ms > end.time_ms - kDay && effect.time_ms <= end.time_ms;
        });
        const bool holds_it = end.time_ms >= now && end.time_ms < now + kDay;
        if (holds_it) REQUIRE(held <= 2);
      }
    }
  }
  CHECK(passed > 100);
}
