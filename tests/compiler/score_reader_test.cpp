#include <doctest/doctest.h>

#include "sdk/engine/features.hpp"
#include "sdk/engine/identity.hpp"
#include "tests/journey_fixture.hpp"

using namespace desirepath;
using namespace desirepath::tests;

namespace {

void says(std::string_view definitions, std::string_view expected) {
  const std::string text = "{\"schema\":\"desirepath/journey/1\",\"journey\":\"t\",\"version\":1,\n" +
                           std::string(definitions) + "}";
  const std::string said = all_of(compiler::compile_journey(text, "j.json").diagnostics);
  INFO(said);
  INFO(expected);
  CHECK(said.find(expected) != std::string::npos);
}

void says_of_score(std::string_view score, std::string_view expected) {
  says("\"scores\":{\"s\":" + std::string(score) + "}", expected);
}

void says_of_model(std::string_view model, std::string_view expected) {
  says("\"models\":{\"m\":" + std::string(model) + "}", expected);
}

}  // namespace

TEST_CASE("mistakes in scores are told at their place") {
  says_of_score(R"({})", "j.json:2:15: error: score 's' lacks 'add'");
  says_of_score(R"({"add":[]})", "error: 'add' of score 's' is empty");
  says_of_score(R"({"add":[{"event":"E"}]})", "error: 'add' of score 's' lacks 'points'");
  says_of_score(R"({"add":[{"event":"E","points":true}]})",
                "j.json:2:45: error: 'points' of score 's' must be a number, or the fact that carries one");
  says_of_score(R"({"add":[{"event":"E","points":"traits.x"}]})",
                "error: a score reads a fact of its event, such as 'properties.revenue', not 'traits.x'");
  says_of_score(R"({"add":[{"event":"E","points":1}],"tiers":{"a":1,"b":"x"}})",
                "error: tier 'b' of score 's' must be the number it begins at, not a string");
  says_of_score(R"({"add":[{"event":"E","points":1}],"tiers":{"a":1,"b":1}})",
                "error: tiers 'a' and 'b' of score 's' begin at the same number");
  says_of_score(R"({"halflife":"1d","add":[{"event":"E","points":1}]})",
                "error: unknown key 'halflife' in score 's' (did you mean 'half_life'?)");
}

TEST_CASE("conditions name the scores, tiers and models there are") {
  const std::string score =
      R"("scores":{"loyalty":{"add":[{"event":"E","points":1}],"tiers":{"silver":1,"gold":2}}},)";
  says(score + R"("audiences":{"a":{"scores.loyality":1}})",
       "error: unknown score 'loyality' (did you mean 'loyalty'?)");
  says(score + R"("audiences":{"a":{"tiers.loyalty":{"$in":["silber"]}}})",
       "error: score 'loyalty' has no tier 'silber' (did you mean 'silver'?)");
  says(score + R"("audiences":{"a":{"propensity.x":1}})", "error: unknown model 'x'");
  says(score + R"("audiences":{"a":{"scores":1}})", "error: 'scores' does not say which one");
  says(R"("behaviors":{"b":{"event":"E","where":{"scores.x":1}}})",
       "error: 'scores.x' belongs to the profile");
}

TEST_CASE("mistakes in models are told at their place") {
  says_of_model(R"({"terms":[]})", "j.json:2:15: error: model 'm' lacks 'type'");
  says_of_model(R"({"type":"tree","terms":[]})",
                "error: unknown type 'tree' of model 'm'; there is 'logistic'");
  says_of_model(R"({"type":"logistic"})", "error: model 'm' lacks 'terms'");
  says_of_model(R"({"type":"logistic","terms":[{"weight":1}]})",
                "error: a term of model 'm' needs either 'fact' or 'when'");
  says_of_model(R"({"type":"logistic","terms":[{"fact":"stage_age"}]})",
                "error: a term of model 'm' lacks 'weight'");
  says_of_model(R"({"type":"logistic","terms":[{"fact":"stage_age","when":{},"weight":1}]})",
                "needs either 'fact' or 'when'");
  says_of_model(R"({"type":"logistic","terms":[{"when":{"stage":null},"weight":1,"per":"1d"}]})",
                "error: only a term with a 'fact' has 'per'");
  says_of_model(R"({"type":"logistic","terms":[{"fact":"properties.x","weight":1}]})",
                "error: 'properties.x' belongs to an event; here only the profile can be read");
  says_of_model(R"({"type":"logistic","terms":[{"fact":"propensity.m","weight":1}]})",
                "error: a model names no model; repeat its terms here");
  says_of_model(R"({"type":"logistic","terms":[{"when":{"$or":[{"propensity.m":1}]},"weight":1}]})",
                "error: a model names no model");
  says(R"("models":{"m":{"type":"logistic","terms":[{"when":{"audiences.a":true},"weight":1}]}},
    "audiences":{"a":{"$not":{"propensity.m":1}}})",
       "error: a model names no model; audience 'a' reads one");
}

TEST_CASE("a device program has the scores and models its web triggers ask for, under hashed names") {
  const auto journey = compile(R"(
    "scores":{"loyalty":{"half_life":"60d","add":[{"event":"Order","points":50}],"tiers":{"whale":300}},
              "secret":{"add":[{"event":"Order","points":1}]},
              "open":{"public":true,"add":[{"event":"Order","points":1}],"tiers":{"shown":3}}},
    "models":{"churn":{"type":"logistic","terms":[{"fact":"scores.open","weight":-1}]},
              "unasked":{"type":"logistic","terms":[{"fact":"scores.secret","weight":1}]}},
    "triggers":[{"id":"t","event":"page","when":{"tiers.loyalty":"whale","propensity.churn":{"$lt":0.5},"tiers.open":"shown"},
      "do":[{"channel":"web","slot":"s"}]}])");
  const LoadedProgram device = Program::load(journey.device_program);
  REQUIRE(device.error == ProgramError::none);
  CHECK(device.program.scores().size() == 2);
  CHECK(device.program.models().size() == 1);
  CHECK((device.program.header().features & (kFeatureScore | kFeatureModel)) ==
        (kFeatureScore | kFeatureModel));
  std::string seen;
  for (const std::string& text : journey.device_strings) seen += text + "\n";
  for (const char* hidden : {"loyalty", "whale", "secret", "churn", "unasked"}) {
    CAPTURE(hidden);
    CHECK(seen.find(hidden) == std::string::npos);
  }
  CHECK(seen.find("shown") != std::string::npos);

  // It decides like the full one.
  for (const auto& bytes : {journey.program, journey.device_program}) {
    const LoadedProgram loaded = Program::load(bytes);
    EngineHost host(loaded.program);
    const auto tree = event_tree("properties", {});
    for (int i = 0; i < 7; ++i) {
      bind_facts(loaded.program, Value::read(tree.data()), EventType::track, host.facts());
      const bool last = i == 6;
      const Event event{kStart, last ? EventType::page : EventType::track, "m", last ? "page" : "Order",
                        host.facts()};
      Outcome outcome = host.outcome();
      REQUIRE(step(loaded.program, host.state(), event, Effects::recorded, outcome) == StepError::none);
      CHECK(outcome.decisions().size() == (last ? 1 : 0));
    }
  }
}

TEST_CASE("a score's state outlives a change of its tiers, not of its points") {
  const auto key_of = [](const char* score) {
    const auto journey = compile(std::string(R"("scores":{"s":)") + score + "}");
    return Program::load(journey.program).program.scores()[0].key;
  };
  const std::uint32_t key = key_of(R"({"half_life":"1d","add":[{"event":"E","points":1}]})");
  CHECK(key == key_of(R"({"half_life":"24h","add":[{"event":"E","points":1}],"tiers":{"a":3}})"));
  CHECK(key != key_of(R"({"half_life":"2d","add":[{"event":"E","points":1}]})"));
  CHECK(key != key_of(R"({"half_life":"1d","add":[{"event":"E","points":2}]})"));
}
