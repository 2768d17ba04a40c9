#include <doctest/doctest.h>

#include "tests/journey_fixture.hpp"

using namespace desirepath;
using namespace desirepath::tests;

namespace {

constexpr const char* kTriggers = R"("behaviors":{"b":{"event":"B"}},"triggers":[
{"id":"now","event":"E","outcome":{"behavior":"b"},"do":[{"channel":"web","slot":"a"},{"channel":"email"}]},
{"id":"wait","after":{"event":"C"},"for":"1h","outcome":{"behavior":"b"},"do":[{"channel":"sms"}]}],
)";

std::string mistakes(const std::string& experiments, const std::string& more = "") {
  const std::string text = "{\"schema\":\"desirepath/journey/1\",\"journey\":\"t\",\"version\":1," +
                           std::string(kTriggers) + "\"experiments\":[" + experiments + "]" + more + "}";
  return all_of(compiler::compile_journey(text, "j").diagnostics);
}

std::string mistakes_of_factors(const std::string& factors, const std::string& more = "") {
  return mistakes(R"({"id":"e","outcome":{"behavior":"b"},"factors":)" + factors + more + "}");
}

bool has(const std::string& text, const std::string& part) {
  INFO(text);
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("an experiment's mistakes are told at their places") {
  struct Case {
    const char* factors;
    const char* said;
  };
  for (const Case& one : {
           Case{R"({"f":{"now.for":["1h","2h"]}})",
                "trigger 'now' does not wait: without 'after' it has no 'for'"},
           Case{R"({"f":{"wait.for":["1h","2 h"]}})",
                "a level of 'wait.for' must be a duration from 1s to 200y"},
           Case{R"({"f":{"wait.for":["1h","10ms"]}})", "must be a duration from 1s to 200y"},
           Case{R"({"f":{"wait.for":["1h","201y"]}})", "must be a duration from 1s to 200y"},
           Case{R"({"f":{"wait.for":["1h","1h"]}})", "factor 'f' of experiment 'e' has the level '1h' twice"},
           Case{R"({"f":{"wait.for":["1h"]}})",
                "'wait.for' of factor 'f' of experiment 'e' lists its levels, two or more"},
           Case{R"({"f":{"wait.for":"1h"}})", "lists its levels, two or more"},
           Case{R"({"f":{"now.do":["web","emial"]}})",
                "trigger 'now' has no action on channel 'emial' (did you mean 'email'?)"},
           Case{R"({"f":{"now.do":["web",["web",1]]}})",
                "a level of 'now.do' must be a channel or a list of channels, not a number"},
           Case{R"({"f":{"now.do":["web",[]]}})",
                "a level of 'now.do' must be a channel or a list of channels"},
           Case{R"({"f":{"now.content":[{},1]}})",
                "a level of 'now.content' must be an object, not a number"},
           Case{R"({"f":{"now.enabled":[true,"no"]}})",
                "a level of 'now.enabled' must be true or false, not 'no'"},
           Case{R"({"f":{"noww.do":["web","email"]}})", "unknown trigger 'noww' (did you mean 'now'?)"},
           Case{R"({"f":{"now.contents":[{},{}]}})",
                "'now.contents' is no path; write '<trigger>.for', '.do', '.content' or '.enabled' (did you "
                "mean 'content'?)"},
           Case{R"({"f":{"now":[{},{}]}})", "'now' is no path"},
           Case{R"({"f":{"now.do":["web","email"],"wait.for":["1h","2h","3h"]}})",
                "'wait.for' has 3 levels, 'now.do' of the same factor 2"},
           Case{R"({"f":{"now.do":["web","email"]},"g":{"now.do":["web","email"]}})",
                "two factors of experiment 'e' change the same of trigger 'now'"},
           Case{R"({"coverage":{"now.do":["web","email"]}})", "a factor cannot be called 'coverage'"},
           Case{R"({"a=b":{"now.do":["web","email"]}})", "the name of a factor must not contain"},
           Case{R"({"f":{}})", "factor 'f' of experiment 'e' changes nothing"},
           Case{R"({})", "experiment 'e' tries nothing: 'factors' is empty"},
       }) {
    CHECK(has(mistakes_of_factors(one.factors), one.said));
  }
  const std::string factors = R"({"f":{"now.do":["web","email"]}})";
  struct More {
    const char* members;
    const char* said;
  };
  for (const More& one : {
           More{R"(,"weights":{"f":[0.5]})", "the weights of factor 'f' must be as many as its 2 levels"},
           More{R"(,"weights":{"f":[0.5,0.4]})", "the weights of factor 'f' must add up to 1"},
           More{R"(,"weights":{"f":[1.5,-0.5]})", "a weight is a share from 0 to 1"},
           More{R"(,"weights":{"ff":[0.5,0.5]})", "unknown factor 'ff' (did you mean 'f'?)"},
           More{R"(,"coverage":1.1)", "'coverage' of experiment 'e' must be a share from 0 to 1"},
           More{R"(,"holdout":-1)", "'holdout' of experiment 'e' must be a share from 0 to 1"},
           More{R"(,"unit":"email")", "unknown unit 'email'; there are 'anonymousId' and 'userId'"},
           More{R"(,"namespace":{"id":"n","range":[0.5,0.5]})",
                "'range' of 'namespace' of experiment 'e' must be [FROM, TO]"},
           More{R"(,"namespace":{"range":[0,1]})", "lacks 'id'"},
           More{R"(,"what":1)", "unknown key 'what' in experiment 'e'"},
       }) {
    CHECK(has(mistakes_of_factors(factors, one.members), one.said));
  }
  const std::string good =
      R"({"id":"e","outcome":{"behavior":"b"},"factors":{"f":{"now.do":["web","email"]}}})";
  CHECK(mistakes(good) == "");
  CHECK(has(mistakes(good + R"(,{"id":"g","factors":{"f":{"now.content":[{},{"a":1}]}}})"),
            "trigger 'now' is already in experiment 'e'; a trigger belongs to one"));
  CHECK(has(mistakes(R"({"id":"holdout","factors":{"f":{"now.do":["web","email"]}}})"),
            "'holdout' is the name of the journey's own holdout"));
  CHECK(has(mistakes(R"({"id":"e","factors":{"f":{"now.do":["web","email"]}}})"),
            "warning: experiment 'e' lacks an 'outcome'"));
  CHECK(has(mistakes(R"({"id":"e","outcome":{"behavior":"c"},"factors":{"f":{"now.do":["web","email"]}}})"),
            "unknown behavior 'c'"));
  CHECK(has(mistakes("", R"(,"holdout":2)"), "'holdout' of the journey must be a share from 0 to 1"));
}

TEST_CASE("more treatments than a report has lines are refused") {
  std::string levels;
  for (int i = 0; i < 9; ++i) levels += (i > 0 ? ",{\"v\":" : "{\"v\":") + std::to_string(i) + "}";
  std::string waits;
  for (int i = 1; i <= 8; ++i) waits += (i > 1 ? ",\"" : "\"") + std::to_string(i) + "h\"";
  const std::string factors =
      "{\"a\":{\"now.content\":[" + levels + "]},\"b\":{\"wait.for\":[" + waits + "]}}";
  CHECK(has(mistakes_of_factors(factors), "experiment 'e' has more than 64 treatments"));
}

TEST_CASE("a device program has the experiments of its web triggers, their names hashed unless public") {
  const auto shown = [](const char* is_public) {
    const compiler::CompiledJourney journey =
        compile(std::string(kTriggers) + R"("experiments":[
      {"id":"hero_test","public":)" +
                is_public + R"(,"factors":{"wording":{"now.content":[{"v":1},{"v":2}]}}},
      {"id":"sms_test","factors":{"timing":{"wait.for":["1h","2h"]}}}],"holdout":0.1)");
    std::string texts;
    for (const std::string& text : journey.device_strings) texts += text + "\n";
    const LoadedProgram loaded = Program::load(journey.device_program);
    REQUIRE(loaded.error == ProgramError::none);
    CHECK(loaded.program.experiments().size() == 2);
    return texts;
  };
  for (const char* hidden : {"hero_test", "wording", "sms_test", "timing", "\nin\n", "\nout\n"}) {
    CAPTURE(hidden);
    CHECK_FALSE(has(shown("false"), hidden));
  }
  CHECK(has(shown("true"), "hero_test\n"));
  CHECK(has(shown("true"), "wording=1\n"));
  CHECK_FALSE(has(shown("true"), "sms_test"));
}
