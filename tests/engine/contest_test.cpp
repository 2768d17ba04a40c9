#include "sdk/engine/contest.hpp"

#include <doctest/doctest.h>

#include "tests/journey_fixture.hpp"

using namespace desirepath;
using namespace desirepath::tests;

TEST_CASE("a suppression holds back what it covers while its condition holds") {
  Profile profile(R"("behaviors":{"complaints":{"event":"Complaint","within":"7d"}},
    "channels":{"email":{"consent":"marketing"}},
    "suppressions":{
      "quarrel":{"when":{"behaviors.complaints":{"$gte":1}},"channels":["email","sms"]},
      "quiet_news":{"when":{"behaviors.complaints":{"$gte":2}},"purposes":["news"]},
      "both":{"when":{"behaviors.complaints":{"$gte":3}},"channels":["web"],"purposes":["help"]},
      "all":{"when":{"behaviors.complaints":{"$gte":4}}}},
    "triggers":[
      {"id":"news","event":"E","purpose":"news","do":[{"channel":"web","slot":"a"},{"channel":"email"}]},
      {"id":"help","event":"E","purpose":"help","do":[{"channel":"web","slot":"b"},{"channel":"sms"}]}])");
  CHECK(profile.track(kStart, "1", "E") == "news:fired news:consent help:fired help:fired");
  profile.track(kStart + kDay, "2", "Complaint");
  CHECK(profile.track(kStart + kDay + 1, "3", "E") == "news:fired news:consent help:fired help:suppressed");
  profile.track(kStart + kDay + 2, "4", "Complaint");
  CHECK(profile.track(kStart + kDay + 3, "5", "E") ==
        "news:suppressed news:consent help:fired help:suppressed");
  profile.track(kStart + kDay + 4, "6", "Complaint");
  CHECK(profile.track(kStart + kDay + 5, "7", "E") ==
        "news:suppressed news:consent help:suppressed help:suppressed");
  CHECK(profile.track(kStart + 9 * kDay, "8", "E") == "news:fired news:consent help:fired help:fired");
}

TEST_CASE("a promise holds back what contradicts it, for as long as it is in force") {
  Profile profile(R"("promises":{"ten":{"contradicts":["twenty"],"for":"2h"},"twenty":{}},
    "triggers":[
      {"id":"ten","event":"A","promise":"ten","do":[{"channel":"web","slot":"a"}]},
      {"id":"twenty","event":"B","promise":"twenty","do":[{"channel":"web","slot":"b"}]},
      {"id":"free","event":"B","promise":"free","do":[{"channel":"web","slot":"c"}]},
      {"id":"one","event":"C","promise":"ten","priority":1,"do":[{"channel":"web","slot":"a"}]},
      {"id":"two","event":"C","promise":"twenty","do":[{"channel":"web","slot":"b"}]}])");
  CHECK(profile.track(kStart, "1", "A") == "ten:fired");
  CHECK(profile.track(kStart + 1, "2", "A") == "ten:fired");
  CHECK(profile.track(kStart + 2 * kHour, "3", "B") == "twenty:promise_conflict free:fired");
  CHECK(profile.track(kStart + 2 * kHour + 1, "4", "B") == "twenty:fired free:fired");
  // The other way round, for the day a promise holds that does not say how long.
  CHECK(profile.track(kStart + kDay + 2 * kHour, "5", "A") == "ten:promise_conflict");
  CHECK(profile.track(kStart + kDay + 2 * kHour + 1, "6", "A") == "ten:fired");
  // Two in one instant.
  CHECK(profile.track(kStart + 3 * kDay, "7", "C") == "one:fired two:promise_conflict");
}

TEST_CASE("of a group one trigger speaks in an instant, by all its actions") {
  Profile profile(R"("groups":{"welcome":{"owner":"crm"}},"triggers":[
    {"id":"low","event":"E","group":"welcome","do":[{"channel":"sms"}]},
    {"id":"held","event":"E","group":"welcome","priority":9,"cap":{"times":1,"per":"1d"},"do":[{"channel":"web","slot":"a"}]},
    {"id":"high","event":"E","group":"welcome","priority":5,"do":[{"channel":"web","slot":"b"},{"channel":"email"}]},
    {"id":"free","event":"E","do":[{"channel":"push"}]}])");
  CHECK(profile.track(kStart, "1", "E") ==
        "held:fired high:lower_priority high:lower_priority low:lower_priority free:fired");
  // What is held back takes no part in its group.
  CHECK(profile.track(kStart + 1, "2", "E") ==
        "held:cap_trigger high:fired high:fired low:lower_priority free:fired");
}

TEST_CASE("a channel's cap counts a trigger's slots as the one decision they are") {
  Profile profile(R"("channels":{"web":{"cap":{"times":2,"per":"1d"}}},"triggers":[
    {"id":"t","event":"E","do":[{"channel":"web","slot":"a"},{"channel":"web","slot":"b"}]},
    {"id":"u","event":"E","do":[{"channel":"web","slot":"c"}]},
    {"id":"v","event":"E","do":[{"channel":"web","slot":"d"}]}])");
  CHECK(profile.track(kStart, "1", "E") == "t:fired t:fired u:fired v:cap_channel");
}
