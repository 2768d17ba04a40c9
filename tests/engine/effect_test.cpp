#include "sdk/engine/effect.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>

#include "sdk/engine/identity.hpp"
#include "tests/journey_fixture.hpp"

using namespace desirepath;
using namespace desirepath::tests;

namespace {

constexpr const char* kJourney = R"("purposes":{"news":{}},
  "promises":{"ten":{"contradicts":["twenty"]}},
  "channels":{"email":{"cap":{"times":2,"per":"1d"}}},"triggers":[
  {"id":"t","event":"E","purpose":"news","promise":"ten","cap":{"times":1,"per":"1h"},"do":[{"channel":"email"},{"channel":"sms"}]},
  {"id":"u","event":"F","purpose":"news","do":[{"channel":"push"}]},
  {"id":"v","event":"G","promise":"twenty","do":[{"channel":"push"}]}])";

struct Fact {
  const char* name;
  std::string anchor;
  const char* channel;
  const char* trigger = "t";
};

void say(Profile& profile, std::int64_t time_ms, const std::string& message_id, const Fact& fact) {
  const std::string id = fact.anchor + "~" + fact.trigger + "~" + fact.channel;
  profile.track(time_ms, message_id, fact.name,
                {{"decisionId", id.c_str()},
                 {"trigger", fact.trigger},
                 {"purpose", "news"},
                 {"promise", "ten"},
                 {"channel", fact.channel}});
}

}  // namespace

TEST_CASE("a reservation counts like a delivery until it is released") {
  Profile profile(kJourney);
  profile.effects = Effects::recorded;
  CHECK(profile.track(kStart, "m1", "E") == "t:fired t:fired");
  say(profile, kStart + 1, "r1", {"Decision Reserved", "m1", "email"});
  CHECK(profile.track(kStart + 2, "m2", "E") == "t:cap_trigger t:cap_trigger");
  CHECK(profile.track(kStart + 2, "m3", "F") == "u:purpose_served");
  CHECK(profile.track(kStart + 2, "m4", "G") == "v:promise_conflict");

  SUBCASE("released, it never was") {
    const std::vector<std::uint8_t> never = [] {
      Profile other(kJourney);
      other.effects = Effects::recorded;
      other.track(kStart + 3, "x", "Nothing");
      return other.bytes();
    }();
    say(profile, kStart + 3, "r2", {"Decision Released", "m1", "email"});
    CHECK(profile.bytes() == never);
    CHECK(profile.track(kStart + 4, "m5", "E") == "t:fired t:fired");
    CHECK(profile.track(kStart + 4, "m6", "F") == "u:fired");
    CHECK(profile.track(kStart + 4, "m7", "G") == "v:fired");
  }
  SUBCASE("a release of what was delivered changes nothing") {
    say(profile, kStart + 3, "d1", {"Decision Delivered", "m1", "email"});
    const std::vector<std::uint8_t> delivered = profile.bytes();
    say(profile, kStart + 3, "r2", {"Decision Released", "m1", "email"});
    CHECK(profile.bytes() == delivered);
    CHECK(profile.track(kStart + 2 + kHour, "m5", "E") == "t:cap_trigger t:cap_trigger");
    CHECK(profile.track(kStart + 3 + kHour, "m6", "E") == "t:fired t:fired");
  }
  SUBCASE("a release of another channel's decision changes nothing") {
    const std::vector<std::uint8_t> before = profile.bytes();
    say(profile, kStart + 2, "r2", {"Decision Released", "m1", "sms"});
    CHECK(profile.bytes() == before);
  }
  SUBCASE("what was released can be reserved again") {
    say(profile, kStart + 3, "r2", {"Decision Released", "m1", "email"});
    say(profile, kStart + 5, "r3", {"Decision Reserved", "m1", "email"});
    CHECK(profile.track(kStart + 5 + kHour - 1, "m5", "E") == "t:cap_trigger t:cap_trigger");
    CHECK(profile.track(kStart + 5 + kHour, "m6", "E") == "t:fired t:fired");
  }
}

TEST_CASE("the channels of one anchor count once for trigger and purpose, and go one by one") {
  Profile profile(kJourney);
  profile.effects = Effects::recorded;
  say(profile, kStart, "r1", {"Decision Reserved", "m1", "email"});
  say(profile, kStart + 1, "r2", {"Decision Reserved", "m1", "sms"});
  say(profile, kStart + 2, "r3", {"Decision Released", "m1", "email"});
  CHECK(profile.track(kStart + 3, "m2", "E") == "t:cap_trigger t:cap_trigger");
  CHECK(profile.track(kStart + 1 + kHour, "m3", "E") == "t:fired t:fired");
  say(profile, kStart + 2 + kHour, "r4", {"Decision Released", "m1", "sms"});
  CHECK(profile.track(kStart + 3 + kHour, "m4", "F") == "u:fired");
}

TEST_CASE("the same decision counts once, at the latest that is said of it") {
  Profile profile(kJourney);
  profile.effects = Effects::recorded;
  const char* said[] = {"Decision Reserved", "Decision Delivered", "Decision Exposed", "Decision Reserved",
                        "Decision Delivered"};
  int i = 0;
  for (const char* name : said) say(profile, kStart + i++, std::string("f") + name, {name, "m1", "email"});
  const format::Cap& cap = profile.program().channels()[0].cap;
  CHECK(effects_within(profile.state(), cap, 0, kStart + i) == 1);
  CHECK(effects_within(profile.state(), cap, 0, kStart + i - 1 + kDay - 1) == 1);
  CHECK(effects_within(profile.state(), cap, 0, kStart + i - 1 + kDay) == 0);
}

TEST_CASE("a cap equals a count of all facts, whatever is reserved, delivered and released") {
  const auto seed = static_cast<std::uint32_t>(std::random_device{}());
  CAPTURE(seed);
  std::mt19937 random(seed);
  Profile profile(kJourney);
  profile.effects = Effects::recorded;
  const Program& program = profile.program();
  const format::Cap& cap = program.channels()[0].cap;
  for (int round = 0; round < 300; ++round) {
    profile.state().reset();
    struct Decided {
      std::int64_t time_ms = -1;
      bool settled = false;
    };
    std::vector<Decided> decided(20);
    std::int64_t now_ms = kStart;
    for (int i = 0; i < 60; ++i) {
      now_ms += static_cast<std::int64_t>(random() % (3 * kHour));
      const std::size_t which = random() % decided.size();
      Decided& one = decided[which];
      const std::string anchor = "m" + std::to_string(which);
      const auto counts = [&](const Decided& other) { return other.time_ms > now_ms - kDay; };
      const auto live = static_cast<std::uint32_t>(std::count_if(decided.begin(), decided.end(), counts));
      const std::uint32_t room = cap.times + kOpenReservationsMax;
      const std::string id = "f" + std::to_string(i);
      switch (random() % 3) {
        case 0:
          if (one.settled || (live >= room && !counts(one))) continue;
          say(profile, now_ms, id, {"Decision Reserved", anchor, "email"});
          one.time_ms = now_ms;
          break;
        case 1:
          if (live >= room && !counts(one)) continue;
          say(profile, now_ms, id, {"Decision Delivered", anchor, "email"});
          one = {now_ms, true};
          break;
        default:
          say(profile, now_ms, id, {"Decision Released", anchor, "email"});
          if (!one.settled) one = {};
      }
      const auto expected = static_cast<std::uint32_t>(std::count_if(decided.begin(), decided.end(), counts));
      REQUIRE(effects_within(profile.state(), cap, 0, now_ms) == std::min(expected, cap.times));
    }
  }
}

TEST_CASE("whether another trigger served a purpose is answered exactly from a few entries") {
  const auto seed = static_cast<std::uint32_t>(std::random_device{}());
  CAPTURE(seed);
  std::mt19937 random(seed);
  Profile profile(kJourney);
  profile.effects = Effects::recorded;
  const char* triggers[] = {"t", "u", "v", "w"};
  for (int round = 0; round < 300; ++round) {
    profile.state().reset();
    std::vector<std::pair<std::int64_t, const char*>> served;
    std::int64_t now_ms = kStart;
    for (int i = 0; i < 40; ++i) {
      now_ms += static_cast<std::int64_t>(random() % kHour);
      const char* trigger = triggers[random() % 4];
      say(profile, now_ms, "m" + std::to_string(i),
          {"Decision Exposed", "m" + std::to_string(i), "push", trigger});
      served.push_back({now_ms, trigger});
      for (const char* asking : triggers) {
        const std::int64_t since_ms = now_ms - static_cast<std::int64_t>(random() % (6 * kHour));
        bool expected = false;
        for (const auto& [time_ms, by] : served) {
          expected = expected || (time_ms > since_ms && std::string_view(by) != asking);
        }
        REQUIRE(is_served_by_another(profile.program(), profile.state(), 0, definition_key("trigger", asking),
                                     since_ms) == expected);
      }
    }
  }
}

TEST_CASE("a full list forgets what the new effect itself outlasts before it forgets another trigger") {
  Profile profile(kJourney);
  profile.effects = Effects::recorded;
  say(profile, kStart, "1", {"Decision Delivered", "a", "push", "u"});
  say(profile, kStart + 1, "2", {"Decision Delivered", "b", "email"});
  say(profile, kStart + 2, "3", {"Decision Reserved", "c", "email"});
  say(profile, kStart + 3, "4", {"Decision Reserved", "d", "email"});
  say(profile, kStart + 4, "5", {"Decision Delivered", "e", "email"});
  CHECK(is_served_by_another(profile.program(), profile.state(), 0, definition_key("trigger", "t"),
                             kStart - 1));
}

TEST_CASE("records of any bytes are read and written within their bounds") {
  const auto seed = static_cast<std::uint32_t>(std::random_device{}());
  CAPTURE(seed);
  std::mt19937 random(seed);
  for (int round = 0; round < 2000; ++round) {
    std::vector<std::uint8_t> buffer(512);
    State state(buffer);
    const EffectPlace place{7,
                            Family::effects,
                            3,
                            random() % 2 == 0 ? Forgets::earliest : Forgets::surpassed,
                            static_cast<std::uint32_t>(random() % 4),
                            static_cast<std::uint32_t>(random() % 2)};
    const MutablePayload record = state.resize(7, Family::effects, random() % 90);
    for (std::uint8_t& byte : record) byte = static_cast<std::uint8_t>(random() % 3);
    for (int i = 0; i < 4; ++i) {
      list_effect(state, place, kStart + i, random() % 2 == 0);
      unlist_reservation(state, place);
    }
    CHECK(EffectList(state, 7, Family::effects).size() <= 6);
    CHECK_FALSE(state.overflowed());
  }
}
