// What a device program must not say, and what only servers observe.
#include "sdk/compiler/public_text.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "tests/journey_fixture.hpp"

using namespace desirepath;
using namespace desirepath::tests;
using desirepath::compiler::find_email;

namespace {

std::string said_of(const std::string& definitions) {
  const std::string text =
      "{\"schema\":\"desirepath/journey/1\",\"journey\":\"t\",\"version\":1,\n" + definitions + "}";
  return all_of(compiler::compile_journey(text, "j.json").diagnostics);
}

std::string trigger(const std::string& more, const std::string& action) {
  return R"("triggers":[{"id":"t","event":"E",)" + more + R"("do":[)" + action + "]}]";
}

const std::string kWeb = R"({"channel":"web","slot":"s"})";

bool shows(const compiler::CompiledJourney& journey, const std::string& words) {
  return std::any_of(journey.device_strings.begin(), journey.device_strings.end(),
                     [&](const std::string& text) { return text.find(words) != std::string::npos; });
}

}  // namespace

TEST_CASE("an e-mail address is found wherever it stands in a text") {
  CHECK(find_email("ann@shop.example") == "ann@shop.example");
  CHECK(find_email("Write to ann.b+x@mail.shop-1.example, please.") == "ann.b+x@mail.shop-1.example");
  CHECK(find_email("mailto:ann@shop.example") == "ann@shop.example");
  CHECK(find_email("ann@shop.example.") == "ann@shop.example");
  CHECK(find_email("a@b and ann@shop.example") == "ann@shop.example");
  for (const char* text : {"", "@", "@shop.example", "ann@", "ann@shop", "ann@shop.", "ann@.example",
                           "lodash@4.17.21", "ann @shop.example", "sizes @ 10.5", "ann@shop.x"}) {
    CHECK_MESSAGE(find_email(text).empty(), text);
  }
}

TEST_CASE("an e-mail address in a device program is an error at its place") {
  const std::string words = "'ann@shop.example' looks like an e-mail address; the device program is public";
  const auto refuses = [&](const std::string& journey) {
    const std::string said = said_of(journey);
    const std::string before = journey.substr(0, journey.find("ann@"));
    const auto lines = std::count(before.begin(), before.end(), '\n');
    const std::string place =
        std::to_string(2 + lines) + ":" + std::to_string(before.size() - (before.rfind('\n') + 1) + 1);
    CAPTURE(said);
    CHECK(said.find("j.json:" + place + ": error: " + words) != std::string::npos);
  };
  refuses(trigger(R"("when":{"traits.email":"ann@shop.example"},)", kWeb));
  refuses(trigger(R"("when":{"traits.email":{"$in":["x","ann@shop.example"]}},)", kWeb));
  refuses(trigger(R"("when":{"traits.email":{"$regex":"^ann@shop.example"}},)", kWeb));
  refuses(trigger("", R"({"channel":"web","slot":"s","content":{"a":[{"b":"Ask ann@shop.example"}]}})"));
  refuses(trigger("", R"({"channel":"web","slot":"s","content":{"ann@shop.example":1}})"));
  refuses(trigger("", R"({"channel":"web","slot":"ann@shop.example"})"));
  refuses(trigger("", kWeb) + R"(,"experiments":[{"id":"x","factors":{"f":{"t.content":[{},
{"a":"ann@shop.example"}]}}}])");

  const std::string two = said_of(R"("triggers":[
{"id":"t","owner":"s@shop.example","event":"E","do":[{"channel":"web","slot":"s@shop.example"}]},
{"id":"u","event":"e@shop.example","do":[{"channel":"web","slot":"s@shop.example","nonsense":1}]}])");
  CAPTURE(two);
  for (const char* place :
       {"j.json:3:79: error: 's@", "j.json:4:20: error: 'e@", "j.json:4:67: error: 's@"}) {
    CHECK(two.find(place) != std::string::npos);
  }
  CHECK(two.find("j.json:3:21") == std::string::npos);
}

TEST_CASE("an e-mail address that no device gets to see is fine") {
  const std::string mail = R"({"channel":"email","content":{"from":"ann@shop.example"}})";
  CHECK(said_of(trigger(R"("owner":"ann@shop.example",)", kWeb)).find("error") == std::string::npos);
  CHECK(said_of(trigger(R"("when":{"traits.email":"ann@shop.example"},)", mail)).find("error") ==
        std::string::npos);
  CHECK(said_of(trigger("", kWeb + "," + mail)).find("error") == std::string::npos);
  CHECK(said_of(trigger(R"("enabled":false,"when":{"traits.email":"ann@shop.example"},)", kWeb))
            .find("error") == std::string::npos);
}

TEST_CASE("a web action has no destination on a device") {
  const auto journey = compile(R"("destinations":{"esp":{"type":"webhook","url":"u"}},)" +
                               trigger("", R"({"channel":"web","slot":"s","destination":"esp"})"));
  CHECK_FALSE(shows(journey, "esp"));
}

TEST_CASE("what only servers observe is no business of a web trigger unless the journey says so") {
  const auto journey = [](const std::string& mark, const std::string& action) {
    return R"("behaviors":{"debts":{"event":"Invoice Overdue","where":{"properties.kind":"dunning"})" + mark +
           "}}," + trigger(R"("when":{"behaviors.debts":{"$gte":1}},)", action);
  };
  const std::string unmarked = journey(R"(,"server":true)", kWeb);
  const std::string refused = "j.json:2:" + std::to_string(unmarked.find(R"("behaviors.debts")") + 1) +
                              ": error: only servers observe behavior 'debts'; mark it \"device\": true to "
                              "let web triggers read it";
  const std::string said = said_of(unmarked);
  CAPTURE(said);
  CHECK(said.find(refused) != std::string::npos);
  CHECK(said_of(journey("", kWeb)).find("error") == std::string::npos);
  CHECK(said_of(journey(R"(,"server":true)", R"({"channel":"email"})")).find("error") == std::string::npos);
  CHECK(said_of(journey(R"(,"device":true)", kWeb))
            .find("warning: 'device' of behavior 'debts' changes nothing") != std::string::npos);

  const auto marked = compile(journey(R"(,"server":true,"device":true)", kWeb));
  for (const char* words : {"Invoice", "properties.kind", "dunning"}) CHECK_FALSE(shows(marked, words));
}

TEST_CASE("what the collector adds to an event makes a behavior one of servers, in every part of it") {
  const auto read_by_web = [](const std::string& behavior) {
    return said_of(R"("behaviors":{"b":)" + behavior + "}," + trigger(R"("when":{"behaviors.b":1},)", kWeb));
  };
  for (
      const char* behavior :
      {R"({"event":"E","where":{"context.server.geo":"DE"}})", R"({"event":"E","last":"context.server.geo"})",
       R"({"sequence":[{"event":"E"},{"event":"F","where":{"$or":[{"context.server.bot":true}]}}]})",
       R"({"sequence":[{"event":"E"},{"event":"F"}],"not_between":{"event":"G","where":{"context.server.bot":true}}})"}) {
    CHECK_MESSAGE(read_by_web(behavior).find("only servers observe behavior 'b'") != std::string::npos,
                  behavior);
    const std::string text = behavior;
    const std::string marked = text.substr(0, text.size() - 1) + R"(,"device":true})";
    CHECK_MESSAGE(read_by_web(marked).find("error") == std::string::npos, marked);
  }
  CHECK(read_by_web(R"({"event":"E","where":{"properties.x":"context.server"}})").find("error") ==
        std::string::npos);
}

TEST_CASE("a device holds what the collector counted and adds nothing to it") {
  const auto journey = compile(R"("behaviors":{"b":{"event":"E","server":true,"device":true}},)" +
                               trigger(R"("when":{"behaviors.b":0},)", kWeb));
  const LoadedProgram loaded = Program::load(journey.device_program);
  REQUIRE(loaded.error == ProgramError::none);
  EngineHost host(loaded.program);
  for (const char* id : {"1", "2"}) {
    const auto tree = event_tree("properties", {});
    bind_facts(loaded.program, Value::read(tree.data()), EventType::track, host.facts());
    Outcome outcome = host.outcome();
    REQUIRE(step(loaded.program, host.state(), {kStart + id[0], EventType::track, id, "E", host.facts()},
                 Effects::recorded, outcome) == StepError::none);
    CHECK(outcome.decisions().size() == 1);
  }
}
