#include <doctest/doctest.h>

#include <string>

#include "collector/ingest/raw_json.hpp"

using namespace desirepath::collector;

TEST_CASE("raw json: an object is cut into its members, whatever is in them") {
  const std::string text =
      " {\"a\" : 1 , \"b\":{\"c\":[1,{\"d\":\"}],\\\"\"}]}, \"e\\u0066\":\"x\" ,\"a\":null} ";
  const auto object = cut_object(text);
  REQUIRE(object);
  REQUIRE(object->members.size() == 4);
  CHECK(object->members[0].key == "a");
  CHECK(object->members[0].value == "1");
  CHECK(object->members[1].value == "{\"c\":[1,{\"d\":\"}],\\\"\"}]}");
  CHECK(object->depth == 4);
  CHECK(object->find("a")->value == "null");  // the last one counts
  CHECK(object->find("ef")->value == "\"x\"");
  CHECK(object->find("none") == nullptr);
  CHECK(cut_object("{}")->members.empty());
  CHECK(cut_object("{}")->depth == 1);
}

TEST_CASE("raw json: an array is cut into its elements") {
  const auto elements = cut_array("[ 1, [2,3] ,\"a,b\",{\"c\":\",\"},NaN,, ]");
  REQUIRE(elements);
  CHECK(*elements == std::vector<std::string_view>{"1", "[2,3]", "\"a,b\"", "{\"c\":\",\"}", "NaN", "", ""});
  CHECK(cut_array("[]")->empty());
}

TEST_CASE("raw json: what is not whole is not cut") {
  for (const char* text : {"", "{", "}", "[", "{\"a\"}", "{\"a\":}x", "{\"a\":1", "{\"a\":\"", "{a:1}",
                           "{\"a\":1}}", "[1", "[1]]", "[\"\\\"]", "{\"a\":1]", "null"}) {
    CAPTURE(text);
    CHECK_FALSE((cut_object(text).has_value() && text[0] != '{'));
    CHECK_FALSE((cut_array(text).has_value() && text[0] != '['));
  }
  CHECK_FALSE(cut_object("{\"a\":1").has_value());
  CHECK_FALSE(cut_object("{\"a\":1}}").has_value());
  CHECK_FALSE(cut_array("[\"\\\"]").has_value());
}

TEST_CASE("raw json: a hundred thousand brackets are no deep call") {
  const std::string open(100'000, '[');
  CHECK_FALSE(cut_array(open).has_value());
  CHECK(cut_array(open + std::string(100'000, ']'))->size() == 1);
}

TEST_CASE("raw json: escapes become text") {
  CHECK(unescape_json(R"("plain")") == "plain");
  CHECK(unescape_json(R"("\"\\\/\b\f\n\r\t\u0041\u00e4\u20ac\ud83d\ude00!")") ==
        "\"\\/\b\f\n\r\tA\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80!");
  CHECK(unescape_json(R"("\u0000")") == std::string(1, '\0'));
  CHECK(unescape_json(R"("")").empty());
}
