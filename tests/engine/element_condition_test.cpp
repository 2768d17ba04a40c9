// Conditions over arrays, types and versions, and what the compiler refuses of them.
#include <doctest/doctest.h>

#include "tests/journey_fixture.hpp"
#include "tests/tagged_json.hpp"

using namespace desirepath;
using namespace desirepath::tests;

namespace {

// Whether `x: test` fires a trigger on an event whose `x` is this value; none where the text is empty.
bool holds_for(const std::string& test, const std::string& value) {
  const std::string event = value.empty() ? R"({"properties":{}})" : R"({"properties":{"x":)" + value + "}}";
  compiler::Diagnostics diagnostics("event", event);
  ValueWriter writer;
  write_json(writer, *compiler::parse_json(event, diagnostics));
  Profile profile(R"("triggers":[{"id":"t","event":"E","when":{"properties.x":)" + test +
                  R"(},"do":[{"channel":"web","slot":"s"}]}])");
  CAPTURE(test);
  CAPTURE(value);
  return profile.send(kStart, "m", EventType::track, "E", writer.bytes()) == "t:fired";
}

// What the compiler says of `x: test`, which stands on a line of its own.
std::string said_of(const std::string& test, const std::string& fact = "properties.x") {
  const std::string text =
      R"({"schema":"desirepath/journey/1","journey":"t","version":1,"stages":[{"id":"a"}],
    "triggers":[{"id":"t","event":"E","do":[{"channel":"web","slot":"s"}],"when":{")" +
      fact + "\":\n" + test + "}}]}";
  return all_of(compiler::compile_journey(text, "j.json").diagnostics);
}

void refuses(const std::string& test, const std::string& line, const std::string& fact = "properties.x") {
  const std::string said = said_of(test, fact);
  CHECK_MESSAGE(said.find(line) != std::string::npos, said);
}

}  // namespace

TEST_CASE("one element that holds all tests") {
  CHECK(holds_for(R"({"$elemMatch":{"$gt":10}})", "[0,5,-20,15]"));
  CHECK_FALSE(holds_for(R"({"$elemMatch":{"$gt":10}})", "[0,5,-20,8]"));
  CHECK_FALSE(holds_for(R"({"$elemMatch":{"$gt":2,"$lt":4}})", "[1,5]"));
  CHECK(holds_for(R"({"$elemMatch":{"$gt":2,"$lt":4}})", "[1,3,5]"));
  CHECK(holds_for(R"({"$elemMatch":{"$not":{"$gt":2}}})", "[5,1]"));
  CHECK(holds_for(R"({"$elemMatch":{"$eq":0}})", "[5,0]"));
  CHECK_FALSE(holds_for(R"({"$elemMatch":{"$gt":1}})", "5"));
  CHECK_FALSE(holds_for(R"({"$elemMatch":{"$exists":false}})", ""));
  CHECK_FALSE(holds_for(R"({"$elemMatch":{"$exists":true}})", "[]"));
  CHECK(holds_for(R"({"$not":{"$elemMatch":{"$eq":"b"}}})", R"(["a"])"));
}

TEST_CASE("one element that is an object a document holds for") {
  const std::string lines = R"([{"sku":"a","price":5,"tags":["x"]},{"sku":"b","price":50,"tags":["y","z"]}])";
  CHECK(holds_for(R"({"$elemMatch":{"sku":"b","price":{"$gte":50}}})", lines));
  CHECK_FALSE(holds_for(R"({"$elemMatch":{"sku":"a","price":{"$gte":50}}})", lines));
  CHECK(holds_for(R"({"$elemMatch":{"$or":[{"sku":"c"},{"price":5}]}})", lines));
  CHECK(holds_for(R"({"$elemMatch":{"sku":"b","$nor":[{"price":5}]}})", lines));
  CHECK(holds_for(R"({"$elemMatch":{"tags.1":"z"}})", lines));
  CHECK(holds_for(R"({"$elemMatch":{"tags":{"$elemMatch":{"$regex":"^z"}},"sku":"b"}})", lines));
  CHECK_FALSE(holds_for(R"({"$elemMatch":{"tags":{"$elemMatch":{"$eq":"z"}},"sku":"a"}})", lines));
  CHECK(holds_for(R"({"$elemMatch":{"tags":{"$size":2}}})", lines));
  CHECK(holds_for(R"({"$elemMatch":{"audiences":null}})", lines));
  CHECK(holds_for(R"({"$elemMatch":{}})", "[1]"));
  CHECK_FALSE(holds_for(R"({"$elemMatch":{}})", "[]"));
}

TEST_CASE("all of a list among the elements") {
  CHECK(holds_for(R"({"$all":["one","three"]})", R"(["one","two","three"])"));
  CHECK_FALSE(holds_for(R"({"$all":["one","three"]})", R"(["one","two"])"));
  CHECK_FALSE(holds_for(R"({"$all":["one"]})", R"("one")"));
  CHECK(holds_for(R"({"$all":["1",{"$gt":5}]})", "[1,6]"));
  CHECK(holds_for(R"({"$all":[]})", "[]"));
  CHECK_FALSE(holds_for(R"({"$all":[]})", "1"));
  CHECK(holds_for(R"({"$alli":["One","THREE",3]})", R"(["ONE","three",3])"));
  CHECK_FALSE(holds_for(R"({"$alli":["one"]})", R"(["ones"])"));
}

TEST_CASE("how many elements") {
  CHECK(holds_for(R"({"$size":0})", "[]"));
  CHECK(holds_for(R"({"$size":{"$gt":2}})", "[0,1,2]"));
  CHECK_FALSE(holds_for(R"({"$size":{"$gt":2}})", "[0,1]"));
  CHECK_FALSE(holds_for(R"({"$size":3})", R"("abc")"));
  CHECK_FALSE(holds_for(R"({"$size":0})", ""));
  CHECK(holds_for(R"({"$size":{"$not":{"$in":[1,2]}}})", "[1,2,3]"));
}

TEST_CASE("which type") {
  const std::pair<const char*, const char*> values[] = {
      {"string", R"("a")"}, {"number", "1.5"}, {"boolean", "false"}, {"boolean", "true"},
      {"array", "[]"},      {"object", "{}"},  {"null", "null"},     {"null", ""}};
  for (const char* word : {"string", "number", "boolean", "array", "object", "null", "undefined"}) {
    for (const auto& [type, value] : values) {
      CHECK(holds_for(R"({"$type":")" + std::string(word) + "\"}", value) == (type == std::string(word)));
    }
  }
}

TEST_CASE("versions") {
  CHECK(holds_for(R"({"$vgt":"9.99.8","$vlt":"11.0.1"})", R"("10.12.13")"));
  CHECK(holds_for(R"({"$vgte":"1.2.3","$vlte":"1.2.3","$veq":"v1.2.3+7"})", R"("1.2.3")"));
  CHECK(holds_for(R"({"$vne":"1.2.3"})", R"("1.2.3-alpha")"));
  CHECK_FALSE(holds_for(R"({"$vne":"1.2.3"})", R"("1.2.3")"));
  CHECK_FALSE(holds_for(R"({"$vgt":"1.2.3"})", R"("1.2.3")"));
  CHECK(holds_for(R"({"$vlt":"1.2.3"})", R"("1.2.3-rc.1")"));
  CHECK(holds_for(R"({"$veq":"0"})", ""));
}

TEST_CASE("patterns") {
  CHECK(holds_for(R"({"$regex":"^b.*e$"})", R"("blue")"));
  CHECK_FALSE(holds_for(R"({"$regex":"^B"})", R"("blue")"));
  CHECK(holds_for(R"({"$regex":"^B","$options":"i"})", R"("blue")"));
  CHECK(holds_for(R"({"$regexi":"^B"})", R"("blue")"));
  CHECK(holds_for(R"({"$regex":"b","$ne":"x"})", R"("blue")"));
  CHECK_FALSE(holds_for(R"({"$regex":"5"})", "5"));
  CHECK_FALSE(holds_for(R"({"$regex":"null"})", ""));
  CHECK(holds_for(R"({"$not":{"$regex":"^x"}})", ""));
}

TEST_CASE("lists where case does not count") {
  CHECK(holds_for(R"({"$ini":["us","uk"]})", R"("US")"));
  CHECK_FALSE(holds_for(R"({"$ini":["us","uk"]})", R"("USA")"));
  CHECK(holds_for(R"({"$ini":["a.b"]})", R"(["c","A.B"])"));
  CHECK_FALSE(holds_for(R"({"$ini":["a.b"]})", R"("axb")"));
  CHECK(holds_for(R"({"$ini":[5,""]})", "5"));
  CHECK(holds_for(R"({"$ini":[5,""]})", R"("")"));
  CHECK_FALSE(holds_for(R"({"$ini":[]})", R"("a")"));
  CHECK(holds_for(R"({"$nini":["us"]})", R"("CA")"));
  CHECK_FALSE(holds_for(R"({"$nini":["us"]})", R"(["ca","US"])"));
  CHECK(holds_for(R"({"$nini":["us"]})", ""));
  std::string many = "[";
  for (int i = 0; i < 500; ++i) many += "\"Country" + std::to_string(i) + "\",";
  CHECK(holds_for(R"({"$ini":)" + many + "\"last\"]}", R"("COUNTRY250")"));
  CHECK(holds_for(R"({"$ini":)" + many + "\"last\"]}", R"("LAST")"));
  CHECK_FALSE(holds_for(R"({"$ini":)" + many + "\"last\"]}", R"("country")"));
  CHECK_FALSE(holds_for(R"({"$ini":[["a",1]]})", R"(["a",1])"));
  CHECK(holds_for(R"({"$nini":[["a",1]]})", R"(["a",1])"));
  CHECK(holds_for(R"({"$ini":[["a",1]]})", R"([["a",1]])"));
  CHECK_FALSE(holds_for(R"({"$ini":[["A",1]]})", R"([["a",1]])"));
  CHECK(holds_for(R"({"$ini":[{"k":1}]})", R"({"k":1})"));
}

TEST_CASE("whole objects are equal whatever the order of their members, arrays are not") {
  CHECK(holds_for(R"({"b":1,"a":{"d":1,"c":[2]}})", R"({"a":{"c":[2],"d":1},"b":1})"));
  CHECK_FALSE(holds_for(R"({"a":1,"b":2})", R"({"a":2,"b":1})"));
  CHECK_FALSE(holds_for(R"({"a":1})", R"({"b":1})"));
  CHECK_FALSE(holds_for(R"([1,2])", "[2,1]"));
  CHECK(holds_for("{}", "{}"));
  CHECK(holds_for(R"({"$in":[{"b":1,"a":2}]})", R"({"a":2,"b":1})"));
  CHECK(holds_for(R"({"$in":[null]})", ""));
}

TEST_CASE("what an operator cannot take is said where it stands") {
  refuses(R"({"$gtt":1})", "j.json:3:2: error: unknown operator '$gtt' (did you mean '$gt'?)");
  refuses(R"({"$in":1})", "j.json:3:8: error: '$in' takes a list, not a number");
  refuses(R"({"$all":"a"})", "error: '$all' takes a list, not a string");
  refuses(R"({"$exists":1})", "error: '$exists' takes true or false, not a number");
  refuses(R"({"$gt":null})", "error: '$gt' takes a number or a string, not null");
  refuses(R"({"$vgt":2})", "error: '$vgt' takes a version as a string, not a number");
  refuses(R"({"$size":"3"})", "error: '$size' takes a number or tests of one, not a string");
  refuses(R"({"$elemMatch":5})",
          "error: '$elemMatch' takes tests of an element, or a condition over its members, not a number");
  refuses(R"({"$type":"text"})", "j.json:3:10: error: unknown type 'text'");
  refuses(R"({"$type":"strin"})", "error: unknown type 'strin' (did you mean 'string'?)");
  refuses(R"({"$options":"i"})", "j.json:3:2: error: '$options' belongs beside a '$regex'");
  refuses(R"({"$regex":"a","$options":"im"})", "j.json:3:26: error: unknown '$options' 'im'");
  refuses(R"({"$gt":1,"k":2})", "j.json:3:10: error: 'k' stands among operators, which all begin with '$'");
  refuses(R"({"$elemMatch":{"$or":[{"a":{"$gtt":1}}]}})", "error: unknown operator '$gtt'");
  refuses(R"({"$regex":"^a"})", "error: '$regex' cannot test a stage; name it, such as with '$in'", "stage");
  refuses(R"({"$gt":"a"})", "error: '$gt' cannot test a stage", "stage");
  refuses(R"({"$size":1})", "error: '$size' cannot test a duration; compare it", "stage_age");
  refuses(R"({"$regex":"^.*ann@shop\\.example$"})", "looks like an e-mail address");
}

TEST_CASE("conditions nested too deep are said once, at the place") {
  std::string test = "1";
  for (int i = 0; i < 20; ++i) test = R"({"$not":)" + test + "}";
  CHECK(said_of(test).find("error") == std::string::npos);
  for (int i = 0; i < 10; ++i) test = R"({"$not":)" + test + "}";
  const std::string said = said_of(test);
  CHECK(said.find("j.json:3:162: error: conditions are nested deeper than 20") != std::string::npos);
  CHECK(said.find("error") == said.rfind("error"));
}
