#include "sdk/engine/intent.hpp"

#include <doctest/doctest.h>

#include "tests/journey_fixture.hpp"

using namespace desirepath;
using namespace desirepath::tests;

namespace {

constexpr const char* kStages = R"("stages":[
  {"id":"look","intent":"look around","touchpoints":["Listed","Viewed","Viewed"]},
  {"id":"choose","intent":"choose well","enter":{"event":"Viewed"},"touchpoints":["Compared"]},
  {"id":"buy","intent":"get it","enter":[{"event":"Paid"},{"event":"Carted","where":{"properties.n":1}}]},
  {"id":"plain","enter":{"event":"Left"}}])";

std::string intent(Profile& profile) {
  const Value value = intent_value(profile.program(), profile.state(), format::IntentField::intent);
  return value.is_string() ? std::string(value.text()) : "-";
}

double confidence(Profile& profile) {
  const Value value = intent_value(profile.program(), profile.state(), format::IntentField::confidence);
  return value.is_number() ? value.number() : -1;
}

}  // namespace

TEST_CASE("what a session wants is what most of its events speak for") {
  Profile profile(kStages);
  CHECK(intent(profile) == "-");
  CHECK(confidence(profile) == -1);
  profile.track(kStart, "1", "Elsewhere");
  CHECK(intent(profile) == "-");
  profile.track(kStart + 1, "2", "Listed");
  CHECK(intent(profile) == "look around");
  CHECK(confidence(profile) == 1.0 / 2);
  // Speaks for `look`, a touchpoint, and for `choose`, which it enters.
  profile.track(kStart + 2, "3", "Viewed");
  CHECK(intent(profile) == "look around");
  CHECK(confidence(profile) == 2.0 / 4);
  profile.track(kStart + 3, "4", "Compared");
  CHECK(intent(profile) == "choose well");
  CHECK(confidence(profile) == 2.0 / 5);
  CHECK(session_intent(profile.program(), profile.state()).evidence == 2);
}

TEST_CASE("of stages with as much evidence the latest counts, of one event's the one declared last") {
  Profile profile(kStages);
  profile.track(kStart, "1", "Viewed");
  CHECK(intent(profile) == "choose well");
  profile.track(kStart + 1, "2", "Paid");
  CHECK(intent(profile) == "get it");
  profile.track(kStart + 2, "3", "Listed");
  CHECK(intent(profile) == "look around");
}

TEST_CASE("an event of an enter rule is evidence whatever it carries, and a stage may want nothing") {
  Profile profile(kStages);
  profile.track(kStart, "1", "Carted");
  CHECK(intent(profile) == "get it");
  profile.track(kStart + 1, "2", "Left");
  profile.track(kStart + 2, "3", "Left");
  CHECK(intent(profile) == "-");
  CHECK(confidence(profile) == 2.0 / 4);
}

TEST_CASE("a new session has no evidence") {
  Profile profile(kStages);
  profile.track(kStart, "1", "Paid");
  profile.track(kStart + kHour, "2", "Elsewhere");
  CHECK(intent(profile) == "-");
  profile.track(kStart + kHour + 1, "3", "Listed");
  CHECK(intent(profile) == "look around");
  CHECK(confidence(profile) == 1.0 / 2);
}

TEST_CASE("evidence stays within its room, also of stages that are no more") {
  Profile profile(kStages);
  for (int i = 0; i < 200; ++i) profile.track(kStart + i, std::to_string(i), i % 3 == 0 ? "Viewed" : "Paid");
  CHECK(profile.last_error == StepError::none);
  CHECK(intent(profile) == "get it");

  Profile other(
      R"("stages":[{"id":"a","intent":"x","touchpoints":["E"]},{"id":"b","intent":"y","touchpoints":["F"]}])");
  std::vector<std::uint8_t> foreign(2 * kIntentEntryBytes);
  for (std::size_t i = 0; i < foreign.size(); ++i) foreign[i] = static_cast<std::uint8_t>(200 + i);
  const MutablePayload record = other.state().resize(fnv1a("intent"), Family::intent, foreign.size());
  std::copy(foreign.begin(), foreign.end(), record.begin());
  other.track(kStart, "0", "Elsewhere");
  CHECK(other.state().find(fnv1a("intent"), Family::intent).empty());
  std::copy(foreign.begin(), foreign.end(),
            other.state().resize(fnv1a("intent"), Family::intent, foreign.size()).begin());
  other.track(kStart + 1, "1", "E");
  other.track(kStart + 2, "2", "F");
  other.track(kStart + 3, "3", "F");
  CHECK(intent(other) == "y");
  CHECK(other.state().find(fnv1a("intent"), Family::intent).size() == 2 * kIntentEntryBytes);
}

TEST_CASE("a condition names an intent some stage has; a device program shows none") {
  const std::string when = R"(,"triggers":[{"id":"t","event":"E","when":{"session.intent":"get it",
    "session.intent_confidence":{"$gte":0.5}},"do":[{"channel":"web","slot":"hero"}]}])";
  Profile profile(std::string(kStages) + when);
  profile.track(kStart, "1", "Paid");
  CHECK(profile.track(kStart + 1, "2", "E") == "t:fired");

  const compiler::CompiledJourney journey = compile(std::string(kStages) + when);
  for (const std::string& text : journey.device_strings) CHECK(text.find("get it") == std::string::npos);
  const compiler::CompileResult wrong = compiler::compile_journey(
      std::string(R"({"schema":"desirepath/journey/1","journey":"t","version":1,)") + kStages +
          R"(,"audiences":{"a":{"session.intent":"get itt"}}})",
      "j.json");
  CHECK_FALSE(wrong.journey.has_value());
  CHECK(all_of(wrong.diagnostics).find("no stage has the intent 'get itt' (did you mean 'get it'?)") !=
        std::string::npos);
}
