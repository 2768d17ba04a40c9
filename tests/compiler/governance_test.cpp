#include <doctest/doctest.h>

#include "sdk/engine/features.hpp"
#include "tests/journey_fixture.hpp"

using namespace desirepath;
using namespace desirepath::tests;

namespace {

std::string mistakes(const std::string& definitions) {
  const std::string text =
      "{\"schema\":\"desirepath/journey/1\",\"journey\":\"t\",\"version\":1,\n" + definitions + "}";
  return all_of(compiler::compile_journey(text, "j").diagnostics);
}

bool has(const std::string& text, const std::string& part) {
  INFO(text);
  return text.find(part) != std::string::npos;
}

constexpr const char* kTrigger =
    R"(,"triggers":[{"id":"t","event":"E","purpose":"news","promise":"ten","outcome":{"behavior":"b"},"do":[{"channel":"web","slot":"a"}]}],"behaviors":{"b":{"event":"B"}})";

}  // namespace

TEST_CASE("what suppressions and promises name must exist") {
  CHECK(has(mistakes(std::string(R"("suppressions":{"s":{"when":{},"channels":["wep"]}})") + kTrigger),
            "j:2:44: error: unknown channel 'wep' (did you mean 'web'?)"));
  CHECK(has(mistakes(std::string(R"("suppressions":{"s":{"when":{},"purposes":["new"]}})") + kTrigger),
            "unknown purpose 'new' (did you mean 'news'?)"));
  CHECK(has(mistakes(std::string(R"("promises":{"p":{"contradicts":["tan"]}})") + kTrigger),
            "unknown promise 'tan' (did you mean 'ten'?)"));
  CHECK(has(mistakes(R"("promises":{"p":{"contradicts":["p"]}})"), "promise 'p' cannot contradict itself"));
  CHECK(has(mistakes(R"("suppressions":{"s":{"channels":[]}})"), "suppression 's' lacks 'when'"));
  CHECK(has(mistakes(R"("suppressions":{"s":{"channels":[]}})"),
            "'channels' of suppression 's' names nothing; leave it out to mean all"));
  CHECK(has(mistakes(R"("suppressions":{"s":{"when":{"properties.x":1}}})"), "belongs to an event"));
  CHECK(has(mistakes(R"("groups":{"a~b":{}})"), "an id must not contain '~' nor begin with '#'"));
}

TEST_CASE("more suppressions than an instant can judge are refused") {
  std::string many = R"("suppressions":{)";
  for (int i = 0; i <= 64; ++i) many += (i > 0 ? ",\"s" : "\"s") + std::to_string(i) + R"(":{"when":{}})";
  CHECK(has(mistakes(many + "}"), "more than 64 suppressions"));
}

TEST_CASE("a device program has the suppressions and promises of its web triggers, under hashed ids") {
  const compiler::CompiledJourney journey = compile(R"(
    "promises":{"ten":{"contradicts":["twenty"]},"twenty":{"contradicts":["thirty"]},"thirty":{}},
    "suppressions":{
      "everywhere":{"when":{"traits.staff":true}},
      "mail_only":{"when":{"traits.bounced":true},"channels":["email"]},
      "other_purpose":{"when":{"traits.minor":true},"purposes":["wine"]},
      "some":{"when":{"traits.angry":true},"channels":["web","email"],"purposes":["news","wine"]}},
    "triggers":[
      {"id":"t","event":"E","purpose":"news","promise":"ten","group":"g","do":[{"channel":"web","slot":"a"}]},
      {"id":"u","event":"E","purpose":"wine","promise":"twenty","do":[{"channel":"email"}]}])");
  std::string shown;
  for (const std::string& text : journey.device_strings) shown += text + "\n";
  CHECK(has(shown, "staff"));
  CHECK(has(shown, "angry"));
  for (const char* hidden : {"bounced", "minor", "email", "wine", "twenty", "ten", "everywhere", "some"}) {
    CAPTURE(hidden);
    CHECK_FALSE(has(shown, std::string(hidden) + "\n"));
  }
  const LoadedProgram loaded = Program::load(journey.device_program);
  REQUIRE(loaded.error == ProgramError::none);
  CHECK(loaded.program.suppressions().size() == 2);
  CHECK(loaded.program.purposes().size() == 1);
  // What stands against a promise of the web counts whoever made it, and nothing beyond.
  CHECK(loaded.program.promises().size() == 2);
  CHECK((loaded.program.header().features & kFeatureGovernance) != 0);
}
