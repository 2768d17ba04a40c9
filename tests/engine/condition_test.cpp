#include "sdk/engine/condition.hpp"

#include <doctest/doctest.h>

#include "tests/journey_fixture.hpp"

using namespace desirepath;
using namespace desirepath::tests;

namespace {

// Whether a condition on an event with these properties fires a trigger.
bool fires(const std::string& condition, const std::vector<Property>& properties) {
  Profile profile(R"("triggers":[{"id":"t","event":"E","when":)" + condition +
                  R"(,"do":[{"channel":"web","slot":"s"}]}])");
  return profile.track(kStart, "m", "E", properties) == "t:fired";
}

}  // namespace

TEST_CASE("implicit equality converts as the field's suites do, $eq does not") {
  CHECK(fires(R"({"properties.x":5})", {{"x", 5.0}}));
  CHECK(fires(R"({"properties.x":5})", {{"x", "5"}}));
  CHECK(fires(R"({"properties.x":"5"})", {{"x", 5.0}}));
  CHECK_FALSE(fires(R"({"properties.x":"5.0"})", {{"x", 5.0}}));
  CHECK_FALSE(fires(R"({"properties.x":{"$eq":5}})", {{"x", "5"}}));
  CHECK(fires(R"({"properties.x":{"$eq":5}})", {{"x", 5.0}}));
  CHECK(fires(R"({"properties.x":true})", {{"x", 1.0}}));
  CHECK(fires(R"({"properties.x":false})", {{"x", ""}}));
  CHECK_FALSE(fires(R"({"properties.x":false})", {}));
  CHECK(fires(R"({"properties.x":"true"})", {{"x", true}}));
  CHECK(fires(R"({"properties.x":null})", {}));
  CHECK_FALSE(fires(R"({"properties.x":null})", {{"x", 0.0}}));
}

TEST_CASE("order compares numbers, texts bytewise, and a text with a number as the number it reads as") {
  CHECK(fires(R"({"properties.x":{"$gt":9}})", {{"x", "10"}}));
  CHECK_FALSE(fires(R"({"properties.x":{"$gt":"9"}})", {{"x", "10"}}));
  CHECK(fires(R"({"properties.x":{"$gte":"a","$lt":"c"}})", {{"x", "bz"}}));
  CHECK(fires(R"({"properties.x":{"$lte":5}})", {{"x", 5.0}}));
  CHECK_FALSE(fires(R"({"properties.x":{"$lt":5}})", {{"x", "abc"}}));
}

TEST_CASE("where numbers are compared, null and what is missing count as 0, false as 0, true as 1") {
  CHECK(fires(R"({"properties.x":{"$gt":-10,"$lt":10,"$gte":-9,"$lte":9,"$ne":10}})", {}));
  CHECK_FALSE(fires(R"({"properties.x":{"$gte":5}})", {}));
  CHECK(fires(R"({"properties.x":{"$gte":1}})", {{"x", true}}));
  CHECK(fires(R"({"properties.x":{"$lt":1}})", {{"x", false}}));
  CHECK(fires(R"({"properties.x":0})", {}));
  CHECK(fires(R"({"properties.x":1})", {{"x", true}}));
  CHECK_FALSE(fires(R"({"properties.x":{"$eq":0}})", {}));
  CHECK_FALSE(fires(R"({"properties.x":{"$lt":"a"}})", {}));
  CHECK_FALSE(fires(R"({"properties.x":0})", {{"x", ""}}));
}

TEST_CASE("lists, presence and absence") {
  CHECK(fires(R"({"properties.x":{"$in":["a","b"]}})", {{"x", "b"}}));
  CHECK_FALSE(fires(R"({"properties.x":{"$in":["a","b"]}})", {{"x", "c"}}));
  CHECK_FALSE(fires(R"({"properties.x":{"$in":[]}})", {{"x", "c"}}));
  CHECK(fires(R"({"properties.x":{"$nin":["a"]}})", {}));
  CHECK(fires(R"({"properties.x":{"$ne":"a"}})", {}));
  CHECK(fires(R"({"properties.x":{"$exists":true}})", {{"x", false}}));
  CHECK(fires(R"({"properties.x":{"$exists":false}})", {}));
}

TEST_CASE("groups, also the empty ones") {
  CHECK(fires(R"({"$or":[{"properties.x":1},{"properties.y":2}]})", {{"y", 2.0}}));
  CHECK_FALSE(fires(R"({"$and":[{"properties.x":1},{"properties.y":2}]})", {{"y", 2.0}}));
  CHECK(fires(R"({"$nor":[{"properties.x":1},{"properties.y":3}]})", {{"y", 2.0}}));
  CHECK(fires(R"({"$not":{"properties.x":1,"properties.y":2}})", {{"y", 2.0}}));
  CHECK(fires(R"({"properties.x":{"$not":{"$gt":5,"$lt":9}}})", {{"x", 10.0}}));
  CHECK(fires(R"({"$or":[]})", {}));
  CHECK(fires(R"({"$and":[]})", {}));
  CHECK_FALSE(fires(R"({"$nor":[]})", {}));
  CHECK(fires("{}", {}));
}

TEST_CASE("the index by demanded text finds what a scan would") {
  std::string triggers;
  for (int i = 0; i < 40; ++i) {
    triggers += (i == 0 ? "" : ",");
    triggers += R"({"id":"t)" + std::to_string(i) + R"(","event":"E","priority":)" + std::to_string(i % 7) +
                R"(,"when":{"properties.k":"v)" + std::to_string(i % 10) + R"(","properties.n":{"$gte":)" +
                std::to_string(i / 10) + R"(}},"do":[{"channel":"web","slot":"s)" + std::to_string(i) +
                R"("}]})";
  }
  triggers += R"(,{"id":"any","event":"E","do":[{"channel":"web","slot":"z"}]})";
  Profile profile("\"triggers\":[" + triggers + "]");
  CHECK(profile.program().indexes().size() == 1);
  CHECK(profile.track(kStart, "m1", "E", {{"k", "v3"}, {"n", 2.0}}) ==
        "t13:fired t3:fired t23:fired any:fired");
  CHECK(profile.track(kStart, "m2", "E", {{"k", "nothing"}}) == "any:fired");
  CHECK(profile.track(kStart, "m3", "E", {{"k", 3.0}}) == "any:fired");
  CHECK(profile.track(kStart, "m4", "Other", {{"k", "v3"}}) == "");
}
