#include "sdk/engine/ask.hpp"

#include <doctest/doctest.h>

#include "sdk/engine/features.hpp"
#include "sdk/engine/identity.hpp"
#include "tests/journey_fixture.hpp"

using namespace desirepath;
using namespace desirepath::tests;

namespace {

constexpr const char* kAsks = R"("behaviors":{"viewed":{"event":"Viewed"}},"asks":{
  "size":{"when":{"behaviors.viewed":{"$gte":1}}},
  "email":{"trait":"mail","cap":{"times":2,"per":"30d"},"priority":10},
  "birthday":{"cap":{"times":1,"per":"1y"},"priority":10}})";

std::string should(Profile& profile, std::int64_t time_ms) {
  const Scope scope{profile.program(), profile.state(), nullptr, time_ms};
  std::string fields;
  for (std::uint32_t i = 0; i < profile.program().asks().size(); ++i) {
    if (!should_ask(scope, i)) continue;
    if (!fields.empty()) fields += ' ';
    fields += std::string(profile.program().string(profile.program().asks()[i].field));
  }
  return fields;
}

std::string next(Profile& profile, std::int64_t time_ms) {
  const std::int64_t ask = next_ask(Scope{profile.program(), profile.state(), nullptr, time_ms});
  if (ask < 0) return "-";
  return std::string(
      profile.program().string(profile.program().asks()[static_cast<std::uint32_t>(ask)].field));
}

std::uint32_t asked(Profile& profile, const char* field, std::int64_t time_ms) {
  const std::int64_t ask = find_ask(profile.program(), field);
  REQUIRE(ask >= 0);
  return times_asked(profile.program(), profile.state(), static_cast<std::uint32_t>(ask), time_ms);
}

int count_of_asked = 0;
void ask_for(Profile& profile, const char* field, std::int64_t time_ms) {
  profile.track(time_ms, "asked " + std::to_string(count_of_asked++), "Field Asked", {{"field", field}});
}

}  // namespace

TEST_CASE("the next field is the one of highest priority that should be asked, then as declared") {
  Profile profile(kAsks);
  CHECK(should(profile, kStart) == "email birthday");
  CHECK(next(profile, kStart) == "email");
  ask_for(profile, "email", kStart);
  CHECK(next(profile, kStart) == "email");
  ask_for(profile, "email", kStart + kDay);
  CHECK(next(profile, kStart + kDay) == "birthday");
  ask_for(profile, "birthday", kStart + 2 * kDay);
  CHECK(next(profile, kStart + 2 * kDay) == "-");
  profile.track(kStart + 3 * kDay, "v", "Viewed");
  CHECK(next(profile, kStart + 3 * kDay) == "size");
}

TEST_CASE("a cap looks back on (t - per, t]") {
  Profile profile(kAsks);
  ask_for(profile, "email", kStart);
  ask_for(profile, "email", kStart + kDay);
  CHECK(asked(profile, "email", kStart + kDay) == 2);
  CHECK(asked(profile, "email", kStart + 30 * kDay - 1) == 2);
  CHECK(should(profile, kStart + 30 * kDay - 1) == "birthday");
  CHECK(asked(profile, "email", kStart + 30 * kDay) == 1);
  CHECK(should(profile, kStart + 30 * kDay) == "email birthday");
  ask_for(profile, "email", kStart + 30 * kDay);
  CHECK(asked(profile, "email", kStart + 30 * kDay) == 2);
  CHECK(asked(profile, "email", kStart + 31 * kDay) == 1);
}

TEST_CASE("what is known is not asked for, by the trait the ask names") {
  Profile profile(kAsks);
  profile.identify(kStart, "1", {{"mail", "a@example.com"}, {"birthday", "1990-01-01"}});
  CHECK(should(profile, kStart) == "");
  Profile other(kAsks);
  other.identify(kStart, "1", {{"email", "a@example.com"}});
  CHECK(should(other, kStart) == "email birthday");
}

TEST_CASE("without a cap a field is counted for ever") {
  Profile profile(kAsks);
  for (int i = 0; i < 300; ++i) ask_for(profile, "size", kStart + i * kDay);
  CHECK(asked(profile, "size", kStart + 300 * kDay) == 300);
}

TEST_CASE("only Field Asked with a declared field counts") {
  Profile profile(kAsks);
  profile.track(kStart, "1", "Field Asked", {{"field", "shoes"}});
  profile.track(kStart, "2", "Field Asked", {{"field", 5.0}});
  profile.track(kStart, "3", "Field Asked");
  profile.track(kStart, "4", "Field Shown", {{"field", "size"}});
  const auto tree = event_tree("properties", {{"field", "size"}});
  profile.send(kStart, "5", EventType::page, "page", tree);
  CHECK(asked(profile, "size", kStart) == 0);
  CHECK(profile.state().find(definition_key("ask", "size"), Family::ask).empty());
  CHECK(find_ask(profile.program(), "shoes") == -1);
}

TEST_CASE("conditions read asked.* and known.* at the same event, as far as they compare") {
  Profile profile(R"("asks":{"email":{"trait":"mail","cap":{"times":1,"per":"30d"}}},"triggers":[
    {"id":"often","event":"Field Asked","when":{"asked.email":{"$gt":3}},"do":[{"channel":"web","slot":"a"}]},
    {"id":"unknown","event":"Field Asked","when":{"known.email":false},"do":[{"channel":"web","slot":"b"}]}])");
  const auto ask = [&](int i) {
    return profile.track(kStart + i, std::to_string(i), "Field Asked", {{"field", "email"}});
  };
  CHECK(ask(1) == "unknown:fired");
  CHECK(ask(2) == "unknown:fired");
  CHECK(ask(3) == "unknown:fired");
  CHECK(ask(4) == "often:fired unknown:fired");
  profile.identify(kStart + 5, "i", {{"mail", "x"}});
  CHECK(ask(6) == "often:fired");
  CHECK(profile.program().asks()[0].keep == 4);
}

TEST_CASE("asks stay within their room, whatever the state held") {
  Profile profile(kAsks);
  const auto* email = &profile.program().asks()[0];
  for (const std::size_t size : {1, 5, 7, 600}) {
    const MutablePayload record = profile.state().resize(email->cap.key, Family::ask, size);
    if (!record) continue;
    for (std::size_t i = 0; i < size; ++i) record[i] = 0xff;
    (void)asked(profile, "email", kStart);
    ask_for(profile, "email", kStart);
    CHECK(profile.state().find(email->cap.key, Family::ask).size() <= email->keep * kTimeBytes);
    profile.state().erase(email->cap.key, Family::ask);
  }
  for (int i = 0; i < 100; ++i) ask_for(profile, "email", kStart + i);
  CHECK(profile.state().bytes().size() <= profile.program().header().state_bytes_max);
}

TEST_CASE("asks are compiled with their mistakes said") {
  const auto said = [](const std::string& definitions) {
    return all_of(
        compiler::compile_journey(
            R"({"schema":"desirepath/journey/1","journey":"t","version":1,)" + definitions + "}", "j.json")
            .diagnostics);
  };
  CHECK(said(R"("asks":{"email":{}},"audiences":{"a":{"asked.emial":{"$gt":1}}})")
            .find("unknown ask 'emial' (did you mean 'email'?)") != std::string::npos);
  CHECK(said(R"("asks":{"email":{"caps":{}}})")
            .find("unknown key 'caps' in ask 'email' (did you mean 'cap'?)") != std::string::npos);
  CHECK(said(R"("asks":{"email":{"when":{"properties.x":1}}})").find("belongs to an event") !=
        std::string::npos);
  CHECK(
      said(
          R"("asks":{"email":{"cap":{"times":1,"per":"1d"}}},"audiences":{"a":{"asked.email":{"$gt":100}}})") ==
      std::string());
  CHECK(
      said(R"("asks":{"email":{"cap":{"times":1,"per":"1d"}}},"audiences":{"a":{"asked.email":{"$gt":101}}})")
          .find("is compared with more than 100") != std::string::npos);
}

TEST_CASE("a device asks too") {
  const compiler::CompiledJourney journey = compile(kAsks);
  const LoadedProgram loaded = Program::load(journey.device_program);
  REQUIRE(loaded.error == ProgramError::none);
  CHECK(loaded.program.asks().size() == 3);
  CHECK((loaded.program.header().features & kFeatureAsk) != 0);
}
