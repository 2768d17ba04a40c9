#include "collector/reading/line_condition.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace desirepath::collector;

namespace {

const std::vector<std::string> kAudienceIds = {"vip", "high_intent"};

bool holds(std::string_view condition, std::string_view line) {
  const auto compiled = LineCondition::compile(condition, kAudienceIds);
  REQUIRE_MESSAGE(compiled, (compiled ? "" : compiled.error().message));
  const auto held = compiled->holds(line);
  REQUIRE(held);
  return *held;
}

std::string mistake(std::string_view condition) {
  const auto compiled = LineCondition::compile(condition, kAudienceIds);
  REQUIRE_FALSE(compiled);
  CHECK(compiled.error().code == ErrorCode::bad_request);
  CHECK(compiled.error().field == "where");
  return compiled.error().message;
}

constexpr std::string_view kLine =
    R"({"profile":"p1","identifiers":[{"type":"userId","value":"u"},{"type":"email","value":"a@example.com"}],)"
    R"("traits":{"plan":"gold","age":31,"address":{"city":"Bern"}},"stage":null,"audiences":["vip"],)"
    R"("behaviors":{"ordered":2,"interest":["shoes"]},"firstSeen":"2026-01-02T00:00:00.000Z"})";

}  // namespace

TEST_CASE("a line condition names what the line has, by dotted paths") {
  CHECK(holds("{}", kLine));
  CHECK(holds(R"({"traits.plan":"gold"})", kLine));
  CHECK_FALSE(holds(R"({"traits.plan":"gold","traits.age":{"$lt":30}})", kLine));
  CHECK(holds(R"({"traits.address.city":{"$regex":"^B"}})", kLine));
  CHECK(holds(R"({"stage":null,"traits.email":{"$exists":false}})", kLine));
  CHECK(holds(R"({"behaviors.ordered":{"$gte":2},"behaviors.interest.0":"shoes"})", kLine));
  CHECK(holds(R"({"firstSeen":{"$gte":"2026-01-01","$lt":"2026-02"}})", kLine));
  CHECK(holds(R"({"$or":[{"profile":"p2"},{"$not":{"traits.plan":"free"}}]})", kLine));
  CHECK(holds(R"({"$not":{"profile":"p2"}})", kLine));
  CHECK_FALSE(holds(R"({"$nor":[{"profile":"p1"}]})", kLine));
}

TEST_CASE("lists of a line are asked as lists") {
  CHECK(holds(R"({"identifiers":{"$elemMatch":{"type":"email","value":{"$regex":"@example\\.com$"}}}})",
              kLine));
  CHECK_FALSE(holds(R"({"identifiers":{"$elemMatch":{"type":"email","value":"u"}}})", kLine));
  CHECK(holds(R"({"audiences":{"$in":["vip","other"]}})", kLine));
  CHECK(holds(R"({"audiences":{"$size":1}})", kLine));
}

TEST_CASE("audiences are named as in a journey") {
  CHECK(holds(R"({"audiences.vip":true,"audiences.high_intent":false})", kLine));
  CHECK_FALSE(holds(R"({"audiences.high_intent":true})", kLine));
  CHECK(
      holds(R"({"$or":[{"audiences.high_intent":true},{"$and":[{"audiences.vip":{"$ne":false}}]}]})", kLine));
  CHECK_FALSE(holds(R"({"audiences.vip":true})", R"({"profile":"p"})"));
  CHECK(mistake("{\n  \"audiences.vipp\": true }") ==
        "where:2:3: error: unknown audience 'vipp' (did you mean 'vip'?)");
}

TEST_CASE("an event is a line as well") {
  constexpr std::string_view event =
      R"({"type":"track","event":"Order Completed","userId":"u","properties":{"revenue":"59.5"}})";
  CHECK(holds(R"({"event":"Order Completed","properties.revenue":{"$gt":50}})", event));
  CHECK_FALSE(holds(R"({"type":"page"})", event));
}

TEST_CASE("mistakes of a line condition have their place") {
  CHECK(mistake("{\n \"traits.plan\": {\"$foo\": 1}}")
            .starts_with("where:2:18: error: unknown operator '$foo'"));
  CHECK(mistake("{\"a\":").starts_with("where:1:"));
  CHECK(mistake("[1]").starts_with("where:1:1: error: a condition is an object"));
  CHECK(mistake("").starts_with("where:1:1: error: "));
  CHECK(mistake(R"({"a":1}]}}}}],"purposes":{"p":{}},"x":[{"a":[{"b":[)").starts_with("where:1:8: error: "));
  CHECK(mistake(R"({"a":{"$regex":"("}})").starts_with("where:1:"));
  std::string deep = "{\"a\":1}";
  for (int i = 0; i < 40; ++i) deep = "{\"$not\":" + deep + "}";
  CHECK(mistake(deep).find("nested") != std::string::npos);
}

TEST_CASE("a line that is no JSON is an error, one that is no object holds nothing but what is missing") {
  const auto compiled = LineCondition::compile(R"({"a":1})");
  REQUIRE(compiled);
  CHECK_FALSE(compiled->holds("{nonsense").has_value());
  CHECK_FALSE(*compiled->holds("[1]"));
  CHECK(*compiled->holds(R"({"a":1,"b":2})"));
}
