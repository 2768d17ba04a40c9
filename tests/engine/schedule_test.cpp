#include "sdk/engine/schedule.hpp"

#include <doctest/doctest.h>

#include "tests/journey_fixture.hpp"

using namespace desirepath;
using namespace desirepath::tests;

namespace {

std::string reminding(const std::string& schedule, const std::string& definitions = "") {
  return definitions + R"("triggers":[{"id":"t","schedule":{)" + schedule +
         R"(},"when":{"traits.muted":{"$ne":true}},"do":[{"channel":"web","slot":"s"}]}])";
}

constexpr const char* kRenewal = R"("fact":"traits.renewal","offset":"-7d")";
constexpr std::int64_t kMay = 1777593600000;  // 2026-05-01

}  // namespace

TEST_CASE("a trigger fires at a date of a trait, with the event that set it as anchor") {
  Profile profile(reminding(kRenewal));
  profile.identify(kStart, "m1", {{"renewal", "2026-05-01"}});
  CHECK(profile.state().next_wake_ms() == kMay - 7 * kDay);
  CHECK(profile.wake(kMay - 7 * kDay - 1) == "");
  CHECK(profile.wake(kMay - 7 * kDay) == "t:fired");
  CHECK(profile.last_anchor == "m1");
  CHECK(profile.wake(kMay + kDay) == "");
}

TEST_CASE("a date is set anew when it changes, and kept with its anchor where it stays") {
  Profile profile(reminding(kRenewal));
  profile.identify(kStart, "m1", {{"renewal", "2026-05-01"}});
  profile.identify(kStart + 1, "m2", {{"renewal", "2026-05-01T00:00:00Z"}, {"name", "x"}});
  profile.track(kStart + 2, "m3", "identify");
  SUBCASE("kept") {
    CHECK(profile.wake(kMay) == "t:fired");
    CHECK(profile.last_anchor == "m1");
  }
  SUBCASE("moved") {
    profile.identify(kStart + 3, "m4", {{"renewal", "2026-06-01"}});
    CHECK(profile.wake(kMay) == "");
    CHECK(profile.wake(kMay + 31 * kDay) == "t:fired");
    CHECK(profile.last_anchor == "m4");
  }
  SUBCASE("to no date") {
    profile.identify(kStart + 3, "m4", {{"renewal", "some day"}});
    CHECK(profile.wake(kMay + kDay) == "");
  }
  SUBCASE("to a date that is past") {
    profile.identify(kStart + 3, "m4", {{"renewal", "2026-01-05"}});
    CHECK(profile.state().next_wake_ms() == State::kNever);
  }
  SUBCASE("the same date once it has come") {
    CHECK(profile.identify(kMay - 7 * kDay, "m4", {{"renewal", "2026-05-01"}}) == "t:fired");
    CHECK(profile.state().next_wake_ms() == State::kNever);
  }
}

TEST_CASE("the condition is judged when the date has come") {
  Profile profile(reminding(kRenewal));
  profile.identify(kStart, "m1", {{"renewal", "2026-05-01"}});
  profile.identify(kStart + 1, "m2", {{"muted", true}});
  CHECK(profile.wake(kMay) == "");
}

TEST_CASE("a date may be a number, and come from a behavior") {
  Profile profile(reminding(R"("fact":"behaviors.ordered","offset":"30d")",
                            R"("behaviors":{"ordered":{"event":"Order","last":"properties.at"}},)"));
  profile.track(kStart, "m1", "Order", {{"at", static_cast<double>(kStart + kHour)}});
  CHECK(profile.state().next_wake_ms() == kStart + kHour + 30 * kDay);
  profile.track(kStart + kDay, "m2", "Other");
  profile.track(kStart + 2 * kDay, "m3", "Order", {{"at", "2026-02-01"}});
  CHECK(profile.wake(kStart + 61 * kDay) == "t:fired");
  CHECK(profile.last_anchor == "m3");
}

TEST_CASE("at a time of the person's day") {
  SUBCASE("of a calendar day, which is the same everywhere") {
    Profile profile(reminding(R"("fact":"traits.renewal","offset":"-1d","time":"09:30")"));
    profile.track_in(kStart, "m0", "Hello", R"({"utcOffset":-300})");
    profile.identify(kStart + 1, "m1", {{"renewal", "2026-05-01"}});
    CHECK(profile.state().next_wake_ms() == kMay - kDay + 14 * kHour + 30 * kMinute);
  }
  SUBCASE("of a moment, on the day the person's clock shows then") {
    Profile profile(reminding(R"("fact":"traits.renewal","time":"09:30")"));
    profile.track_in(kStart, "m0", "Hello", R"({"utcOffset":-300})");
    profile.identify(kStart + 1, "m1", {{"renewal", "2026-05-01T04:59:59Z"}});
    CHECK(profile.state().next_wake_ms() == kMay - kDay + 14 * kHour + 30 * kMinute);
    profile.identify(kStart + 2, "m2", {{"renewal", "2026-05-01T05:00:00Z"}});
    CHECK(profile.state().next_wake_ms() == kMay + 14 * kHour + 30 * kMinute);
  }
}

TEST_CASE("dates at the ends of time") {
  Profile profile(reminding(R"("fact":"traits.renewal","offset":"900y")"));
  profile.identify(kStart, "m1", {{"renewal", static_cast<double>(kTimeMaxMs)}});
  CHECK(profile.state().next_wake_ms() == State::kNever);
  profile.identify(kStart, "m2", {{"renewal", -1e14}});
  CHECK(profile.state().next_wake_ms() == State::kNever);
  profile.identify(kStart, "m3", {{"renewal", "9989-12-31"}});
  CHECK(profile.state().next_wake_ms() > kMay);
}
