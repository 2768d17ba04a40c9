#include "sdk/compiler/compile.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "sdk/engine/identity.hpp"
#include "tests/journey_fixture.hpp"

using namespace desirepath;
using namespace desirepath::tests;

namespace {

// What the compiler says of a journey with these definitions; the first definition starts at line 2,
// column 1.
std::string said_of(const std::string& definitions) {
  const std::string text =
      "{\"schema\":\"desirepath/journey/1\",\"journey\":\"t\",\"version\":1,\n" + definitions + "}";
  const auto result = compiler::compile_journey(text, "j.json");
  return all_of(result.diagnostics);
}

bool says(const std::string& definitions, const std::string& line) {
  const std::string said = said_of(definitions);
  CAPTURE(said);
  const bool found = said.find(line) != std::string::npos;
  CHECK_MESSAGE(found, line);
  return found;
}

std::string trigger(const std::string& condition) {
  return R"("triggers":[{"id":"t","event":"E","when":)" + condition +
         R"(,"do":[{"channel":"web","slot":"s"}]}])";
}

}  // namespace

TEST_CASE("text that is not JSON is placed") {
  const auto result = compiler::compile_journey("{\n  \"schema\": ,\n}", "j.json");
  CHECK_FALSE(result.journey.has_value());
  REQUIRE(result.diagnostics.size() == 1);
  CHECK(result.diagnostics[0].line == 2);
  CHECK(result.diagnostics[0].column == 13);
}

TEST_CASE("a comment ends where the parser says it ends") {
  const std::string text = "// a carriage return\r\"a text\"";
  const auto result = compiler::compile_journey(text, "j.json");
  REQUIRE_FALSE(result.diagnostics.empty());
  CHECK(result.diagnostics[0].text == "the journey must be an object, not a string");
  CHECK(result.diagnostics[0].column == 22);
}

TEST_CASE("every mistake is listed at once, with its place and what would be right") {
  const std::string journey =
      "\"behaviours\":{},\n"
      "\"stages\":[{\"id\":\"look\",\"enter\":{\"event\":\"E\"},\"expected_next\":[\"loook\"]}],\n"
      "\"triggers\":[{\"id\":\"t\",\"event\":\"E\",\"when\":{\"stage\":\"bye\",\"behaviors.x\":1,\"propertis."
      "a\":1,\"properties.a\":{\"$gtt\":1}},\n"
      "\"do\":[{\"channel\":\"web\"}],\"cap\":{\"times\":0,\"per\":\"7 days\"}}]";
  says(journey, "j.json:2:1: error: unknown key 'behaviours' in the journey (did you mean 'behaviors'?)");
  says(journey, "j.json:3:63: error: unknown stage 'loook' (did you mean 'look'?)");
  says(journey, "error: unknown stage 'bye'");
  says(journey, "error: unknown behavior 'x'");
  says(journey, "error: unknown fact 'propertis.a' (did you mean 'properties'?)");
  says(journey, "error: unknown operator '$gtt' (did you mean '$gt'?)");
  says(journey, "j.json:5:7: error: an action on channel 'web' of trigger 't' lacks its 'slot'");
  says(journey, "error: 'times' of 'cap' of trigger 't' must be a whole number from 1 to 100");
  says(journey, "error: '7 days' is no duration");
}

TEST_CASE("columns count characters, not bytes") {
  says("\"é\":1, \"x\":1", "j.json:2:8: error: unknown key 'x'");
}

TEST_CASE("a fact in the wrong place is an error") {
  says(R"("audiences":{"a":{"properties.x":1}})", "error: 'properties.x' belongs to an event");
  says(R"("behaviors":{"b":{"event":"E","where":{"stage":"x"}}})", "error: 'stage' belongs to the profile");
  says(
      R"("triggers":[{"id":"t","after":{"event":"E"},"for":"1h","when":{"$or":[{"properties.x":1},{"traits.y":2}]},"do":[{"channel":"web","slot":"s"}]}])",
      "'$or' mixes both");
  says(trigger(R"({"context.server.geo":"x"})"),
       "is known to the collector alone; a 'web' trigger cannot read it");
}

TEST_CASE("a state over its limit is refused and names the largest records") {
  std::string behaviors;
  for (int i = 0; i < 12; ++i) {
    behaviors += (i == 0 ? "" : ",");
    behaviors +=
        "\"b" + std::to_string(i) + R"(":{"event":"E","sum":"properties.v","within":"7d","keep":4096})";
  }
  says("\"behaviors\":{" + behaviors + "}",
       "over the limit of 65536 B; the largest records are behavior 'b0' 57357 B");
}

TEST_CASE("the device program shows nothing but what its web triggers need") {
  const auto journey = compile(R"(
    "behaviors":{"secret_views":{"event":"Viewed","where":{"properties.kind":"shoe"}},"internal":{"event":"Invoice Overdue"}},
    "stages":[{"id":"hidden","enter":{"event":"Contract Signed"}}],
    "triggers":[
      {"id":"rescue_cheapskates","event":"page","purpose":"win_back","when":{"behaviors.secret_views":{"$gte":3}},"do":[
        {"channel":"web","slot":"hero","content":{"headline":"Hello"}},{"channel":"email","content":{"template":"mail_only"}}]},
      {"id":"open_one","public":true,"event":"page","do":[{"channel":"web","slot":"side"}]},
      {"id":"off","enabled":false,"event":"page","do":[{"channel":"web","slot":"later"}]},
      {"id":"mail","event":"Invoice Overdue","when":{"behaviors.internal":1},"do":[{"channel":"email","content":{"template":"dunning"}}]}])");
  std::string all;
  for (const std::string& text : journey.device_strings) all += text + "\n";
  for (const std::string shown :
       {"hero", "{\"headline\":\"Hello\"}", "properties.kind", "shoe", "open_one"}) {
    CHECK_MESSAGE(all.find(shown) != std::string::npos, shown);
  }
  for (const std::string kept : {"rescue", "secret", "win_back", "internal", "Overdue", "mail", "dunning",
                                 "hidden", "Contract", "later"}) {
    CHECK_MESSAGE(all.find(kept) == std::string::npos, kept);
  }
  CHECK(definition_key("trigger", "rescue_cheapskates") ==
        definition_key("trigger", *std::find_if(journey.device_strings.begin(), journey.device_strings.end(),
                                                [](const std::string& s) {
                                                  return s[0] == '#' &&
                                                         definition_key("trigger", s) ==
                                                             definition_key("trigger", "rescue_cheapskates");
                                                })));
}
