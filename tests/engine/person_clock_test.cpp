#include "sdk/engine/person_clock.hpp"

#include <doctest/doctest.h>

#include "sdk/engine/features.hpp"
#include "sdk/engine/limits.hpp"
#include "tests/journey_fixture.hpp"

using namespace desirepath;
using namespace desirepath::tests;

namespace {

std::int64_t utc(std::int32_t year, std::int32_t month, std::int32_t day, int hour = 0, int minute = 0) {
  return day_of(year, month, day) * kDay + hour * kHour + minute * kMinute;
}

OffsetChange change(std::int64_t at_ms, std::int32_t offset_minutes) {
  return {static_cast<std::int32_t>(at_ms / kMinute), offset_minutes};
}

const std::vector<OffsetChange> kBerlinChanges = {
    change(utc(2026, 3, 29, 1), 120), change(utc(2026, 10, 25, 1), 60), change(utc(2027, 3, 28, 1), 120)};
const std::vector<OffsetChange> kNewYorkChanges = {change(utc(2026, 3, 8, 7), -240),
                                                   change(utc(2026, 11, 1, 6), -300)};
const std::vector<OffsetChange> kLordHoweChanges = {change(utc(2026, 4, 4, 15), 630),
                                                    change(utc(2026, 10, 3, 15, 30), 660)};
const std::vector<ZoneRules> kZones = {{"Europe/Berlin", 60, kBerlinChanges},
                                       {"America/New_York", -300, kNewYorkChanges},
                                       {"Australia/Lord_Howe", 660, kLordHoweChanges}};

// Speaks on the hero slot at every event E, but at night.
std::string quiet(const std::string& hours) {
  return R"("channels":{"web":{"quiet":)" + hours +
         R"(}},"triggers":[{"id":"t","event":"E","do":[{"channel":"web","slot":"hero"}]}])";
}

std::string zone(const std::string& name) {
  return R"({"timezone":")" + name + R"("})";
}

// A person who said a zone long ago.
class Resident : public Profile {
 public:
  Resident(const std::string& journey, const std::string& name) : Profile(journey) {
    zones = kZones;
    track_in(utc(2026, 1, 1), "zone", "Begin", zone(name));
  }
};

std::string at(Profile& profile, std::int64_t time_ms) {
  return profile.track(time_ms, std::to_string(time_ms), "E");
}

}  // namespace

TEST_CASE("a channel is quiet from its first minute up to its last, past midnight") {
  Resident profile(quiet(R"(["21:00","08:00"])"), "Europe/Berlin");
  CHECK(at(profile, utc(2026, 1, 10, 20) - 1) == "t:fired");
  CHECK(at(profile, utc(2026, 1, 10, 20)) == "t:quiet_hours");
  CHECK(at(profile, utc(2026, 1, 10, 23)) == "t:quiet_hours");
  CHECK(at(profile, utc(2026, 1, 11, 7) - 1) == "t:quiet_hours");
  CHECK(at(profile, utc(2026, 1, 11, 7)) == "t:fired");
}

TEST_CASE("quiet hours within a day, and none") {
  Resident profile(quiet(R"(["12:00","13:30"])"), "Europe/Berlin");
  CHECK(at(profile, utc(2026, 7, 1, 10) - 1) == "t:fired");
  CHECK(at(profile, utc(2026, 7, 1, 10)) == "t:quiet_hours");
  CHECK(at(profile, utc(2026, 7, 1, 11, 30) - 1) == "t:quiet_hours");
  CHECK(at(profile, utc(2026, 7, 1, 11, 30)) == "t:fired");
}

TEST_CASE("quiet hours follow the clock on the days of 23 and 25 hours") {
  Resident spring(quiet(R"(["02:00","03:15"])"), "Europe/Berlin");
  CHECK(at(spring, utc(2026, 3, 29, 1) - 1) == "t:fired");
  // 02:00 to 02:59 is skipped.
  CHECK(at(spring, utc(2026, 3, 29, 1)) == "t:quiet_hours");
  CHECK(at(spring, utc(2026, 3, 29, 1, 15)) == "t:fired");

  Resident autumn(quiet(R"(["02:30","03:00"])"), "Europe/Berlin");
  CHECK(at(autumn, utc(2026, 10, 25, 0, 29)) == "t:fired");
  CHECK(at(autumn, utc(2026, 10, 25, 0, 30)) == "t:quiet_hours");
  CHECK(at(autumn, utc(2026, 10, 25, 1)) == "t:fired");
  CHECK(at(autumn, utc(2026, 10, 25, 1, 30)) == "t:quiet_hours");
  CHECK(at(autumn, utc(2026, 10, 25, 2)) == "t:fired");

  Resident west(quiet(R"(["21:00","08:00"])"), "America/New_York");
  CHECK(at(west, utc(2026, 3, 7, 13) - 1) == "t:quiet_hours");
  CHECK(at(west, utc(2026, 3, 7, 13)) == "t:fired");
  CHECK(at(west, utc(2026, 3, 8, 12) - 1) == "t:quiet_hours");
  CHECK(at(west, utc(2026, 3, 8, 12)) == "t:fired");
  CHECK(at(west, utc(2026, 3, 9, 1) - 1) == "t:fired");
  CHECK(at(west, utc(2026, 3, 9, 1)) == "t:quiet_hours");

  Resident half_an_hour(quiet(R"(["01:30","02:00"])"), "Australia/Lord_Howe");
  CHECK(at(half_an_hour, utc(2026, 4, 4, 14, 29)) == "t:fired");
  CHECK(at(half_an_hour, utc(2026, 4, 4, 14, 30)) == "t:quiet_hours");
  CHECK(at(half_an_hour, utc(2026, 4, 4, 15)) == "t:quiet_hours");
  CHECK(at(half_an_hour, utc(2026, 4, 4, 15, 30)) == "t:fired");
}

TEST_CASE("a wait that ends months later is judged by the clock of its end") {
  Profile profile(R"("channels":{"mail":{"quiet":["21:00","08:00"]}},"triggers":[
    {"id":"t","after":{"event":"Begin"},"for":"180d","do":[{"channel":"mail"}]}])");
  profile.zones = kZones;
  // 07:30 in winter is 08:30 in summer.
  profile.track_in(utc(2026, 1, 15, 6, 30), "1", "Begin", zone("Europe/Berlin"));
  CHECK(profile.wake(utc(2026, 12, 31)) == "t:fired");
  Profile evening(R"("channels":{"mail":{"quiet":["21:00","08:00"]}},"triggers":[
    {"id":"t","after":{"event":"Begin"},"for":"180d","do":[{"channel":"mail"}]}])");
  evening.zones = kZones;
  evening.track_in(utc(2026, 1, 15, 19, 30), "1", "Begin", zone("Europe/Berlin"));
  CHECK(evening.wake(utc(2026, 12, 31)) == "t:quiet_hours");
}

TEST_CASE("a traveller: what is due before the event sees the old zone, the event the new one") {
  Profile profile(
      R"("channels":{"web":{"quiet":["21:00","08:00"]},"mail":{"quiet":["21:00","08:00"]}},"triggers":[
    {"id":"later","after":{"event":"Begin"},"for":"1h","do":[{"channel":"mail"}]},
    {"id":"t","event":"E","do":[{"channel":"web","slot":"hero"}]}])");
  profile.zones = kZones;
  profile.track_in(utc(2026, 6, 1, 10), "1", "Begin", zone("Europe/Berlin"));
  // Noon and an hour in Berlin, seven in the morning in New York.
  CHECK(profile.track_in(utc(2026, 6, 1, 11, 30), "2", "E", zone("America/New_York")) ==
        "later:fired t:quiet_hours");
  CHECK(zone_name(profile.state()) == "America/New_York");
  CHECK(at(profile, utc(2026, 6, 1, 12)) == "t:fired");
}

TEST_CASE("without a known zone the offset an event said last counts, else UTC") {
  Profile profile(quiet(R"(["21:00","08:00"])"));
  profile.zones = kZones;
  CHECK(at(profile, utc(2026, 6, 1, 7)) == "t:quiet_hours");
  CHECK(at(profile, utc(2026, 6, 1, 8)) == "t:fired");
  CHECK(profile.track_in(utc(2026, 6, 1, 9), "o1", "E", R"({"utcOffset":-120})") == "t:quiet_hours");
  CHECK(at(profile, utc(2026, 6, 1, 10)) == "t:fired");
  for (const char* nothing :
       {R"({"utcOffset":"600"})", R"({"utcOffset":1081})", R"({"utcOffset":-1081})", R"({"utcOffset":0.5})",
        R"({"utcOffset":1e300})", R"({"timezone":"../../etc/passwd"})", R"({"timezone":7})",
        R"({"timezone":""})"}) {
    CHECK_MESSAGE(profile.track_in(utc(2026, 6, 1, 11), nothing, "E", nothing) == "t:fired", nothing);
  }
  CHECK(zone_name(profile.state()).empty());
  profile.track_in(utc(2026, 6, 1, 12), "o2", "E", R"({"utcOffset":-600,"timezone":"Mars/Olympus"})");
  CHECK(zone_name(profile.state()) == "Mars/Olympus");
  CHECK(at(profile, utc(2026, 6, 1, 17)) == "t:quiet_hours");
  CHECK(at(profile, utc(2026, 6, 1, 18)) == "t:fired");
  // A zone that is known comes before any offset, and stays when only an offset is said.
  profile.track_in(utc(2026, 6, 1, 19), "o3", "E", zone("Europe/Berlin"));
  CHECK(profile.track_in(utc(2026, 6, 1, 20), "o4", "E", R"({"utcOffset":-600})") == "t:quiet_hours");
}

TEST_CASE("conditions read the person's clock") {
  Profile profile(
      R"("triggers":[{"id":"t","event":"E","when":{"now.hour":{"$gte":9,"$lt":17},"now.weekday":{"$lte":5},
    "now.month":6,"now.day":1,"now.year":2026,"now.minute":30},"do":[{"channel":"web","slot":"hero"}]}])");
  profile.zones = kZones;
  profile.track_in(utc(2026, 1, 1), "0", "Begin", zone("America/New_York"));
  CHECK(at(profile, utc(2026, 6, 1, 13, 29)) == "");
  CHECK(at(profile, utc(2026, 6, 1, 13, 30)) == "t:fired");
  CHECK(at(profile, utc(2026, 6, 1, 21, 30)) == "");
  CHECK(at(profile, utc(2026, 6, 7, 13, 30)) == "");
}

TEST_CASE("an audience that reads the clock is read with the rules of the reader") {
  Profile profile(R"("audiences":{"evening":{"now.hour":{"$gte":18}}})");
  profile.track_in(utc(2026, 6, 1, 10), "0", "E", zone("Europe/Berlin"));
  const auto holds_at = [&](std::int64_t time_ms, ZoneTable zones) {
    return holds(Scope{profile.program(), profile.state(), nullptr, time_ms, zones},
                 profile.program().audiences()[0].when);
  };
  CHECK(holds_at(utc(2026, 6, 1, 16), kZones));
  CHECK_FALSE(holds_at(utc(2026, 6, 1, 16) - 1, kZones));
  CHECK_FALSE(holds_at(utc(2026, 6, 1, 16), {}));
  CHECK(holds_at(utc(2026, 6, 1, 18), {}));
}

TEST_CASE("a state remembers the clock only where its program has a use for it") {
  Profile without(R"("triggers":[{"id":"t","event":"E","do":[{"channel":"web","slot":"hero"}]}])");
  without.track_in(kStart, "1", "E", R"({"timezone":"Europe/Berlin","utcOffset":60})");
  CHECK(without.state().bytes().size() == State::kHeaderBytes);
  CHECK_FALSE(uses_local_time(without.program()));
  Profile with(quiet(R"(["21:00","08:00"])"));
  CHECK(uses_local_time(with.program()));
  CHECK((with.program().header().features & kFeatureLocalTime) != 0);
  const std::string longest = "A/" + std::string(kZoneNameBytesMax - 2, 'z');
  with.track_in(kStart, "1", "E", zone(longest));
  CHECK(zone_name(with.state()) == longest);
  with.track_in(kStart + 1, "2", "E", zone(longest + "z"));
  CHECK(zone_name(with.state()) == longest);
  CHECK(with.state().bytes().size() <= with.program().header().state_bytes_max);
}

TEST_CASE("names of zones") {
  for (const char* name :
       {"UTC", "Europe/Berlin", "America/Argentina/ComodRivadavia", "Etc/GMT+5", "America/Port-au-Prince"}) {
    CHECK_MESSAGE(is_zone_name(name), name);
  }
  for (const char* name : {"", "/", "GMT", "EST5EDT", "localtime", "europe/berlin", "/etc/passwd", "../x",
                           "A/../b", "A//b", "A/b c", "A/b\n", "+01:00", "A/\xc3\xa9"}) {
    CHECK_MESSAGE(!is_zone_name(name), name);
  }
}

TEST_CASE("hostile records of the clock are no clock") {
  Profile profile(quiet(R"(["21:00","08:00"])"));
  profile.zones = kZones;
  for (const std::size_t size : {0, 1, 2, 3}) {
    const MutablePayload record = profile.state().resize(fnv1a("clock"), Family::clock, size);
    for (std::size_t i = 0; i < size; ++i) record[i] = 0xff;
    (void)person_clock(profile.state(), kZones).at(kStart);
    CHECK(person_clock(profile.state(), kZones).offset_at(kStart) >= -kUtcOffsetMinutesMax);
  }
  CHECK(at(profile, utc(2026, 6, 1, 12)) == "t:fired");
}

TEST_CASE("quiet hours are two different times of day") {
  const auto said = [](const std::string& hours) {
    return all_of(
        compiler::compile_journey(
            R"({"schema":"desirepath/journey/1","journey":"t","version":1,)" + quiet(hours) + "}", "j.json")
            .diagnostics);
  };
  CHECK(said(R"(["21:00","21:00"])").find("begins and ends at the same time") != std::string::npos);
  for (const char* wrong : {R"(["21:00"])", R"(["21:00","24:00"])", R"(["9:00","10:00"])", R"([21,8])",
                            R"(["21:60","22:00"])", R"(["21:00","08:00","09:00"])", R"(["21.00","08:00"])"}) {
    CHECK_MESSAGE(said(wrong).find("must be two times of day") != std::string::npos, wrong);
  }
  CHECK(said(R"("21:00-08:00")").find("must be an array") != std::string::npos);
}
