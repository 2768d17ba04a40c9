#include "sdk/compiler/json_source.hpp"

#include <doctest/doctest.h>

#include "sdk/engine/limits.hpp"

using namespace desirepath;
using namespace desirepath::compiler;

namespace {

// "line:column text" of every mistake in the text.
std::string mistakes_of(std::string_view text) {
  Diagnostics diagnostics("j", text);
  parse_json(text, diagnostics);
  std::string said;
  for (const Diagnostic& each : diagnostics.take()) {
    said += std::to_string(each.line) + ":" + std::to_string(each.column) + " " + each.text + "\n";
  }
  return said;
}

void fails(std::string_view text, const std::string& place_and_words) {
  const std::string said = mistakes_of(text);
  CAPTURE(std::string(text));
  CAPTURE(said);
  CHECK_MESSAGE(said.find(place_and_words) != std::string::npos, place_and_words);
}

JsonNode parsed(std::string_view text) {
  Diagnostics diagnostics("j", text);
  const auto root = parse_json(text, diagnostics);
  REQUIRE(root != nullptr);
  CHECK_FALSE(diagnostics.has_errors());
  return std::move(*root);
}

std::string compacted(std::string_view text) {
  return compact_json(text, parsed(text));
}

}  // namespace

TEST_CASE("every kind of value is read, with its place") {
  const std::string text = "\xef\xbb\xbf// first\n{ \"a\" : [ null, true, -1.5e+2, \"x\" ] /* last */ }\n//";
  const JsonNode root = parsed(text);
  const JsonNode& list = *root.find("a");
  CHECK(text.substr(list.offset, list.end - list.offset) == "[ null, true, -1.5e+2, \"x\" ]");
  CHECK(text.substr(root.members[0].offset, 3) == "\"a\"");
  REQUIRE(list.items.size() == 4);
  CHECK(list.items[0].is_null());
  CHECK(list.items[1].boolean);
  CHECK(list.items[2].number == -150);
  CHECK(text.substr(list.items[3].offset, list.items[3].end - list.items[3].offset) == "\"x\"");
  CHECK(root.find("b") == nullptr);
}

TEST_CASE("escapes and characters of any length are read") {
  CHECK(parsed(R"("\"\\\/\b\f\n\r\t\u0041\u00e9\u20ac\ud83d\ude00é€😀")").text ==
        "\"\\/\b\f\n\r\tA\u00e9\u20ac\U0001f600é€😀");
}

TEST_CASE("numbers are those of JSON") {
  CHECK(parsed("0").number == 0);
  CHECK(parsed("-0.25").number == -0.25);
  CHECK(parsed("1E3").number == 1000);
  CHECK(parsed("12345678901234567890").number == 12345678901234567890.0);
  for (const char* text :
       {"01", "1.", ".5", "+1", "1e", "1e+", "--1", "0x10", "NaN", "Infinity", "-", "1e999"}) {
    fails(text, "not JSON: ");
  }
}

TEST_CASE("what ends the reading is told at its place") {
  fails("", "1:1 not JSON: ");
  fails("{\"a\":}", "1:6 not JSON: ");
  fails("{\n \"a\": [1,\n", "3:1 not JSON: ");
  fails("{\"a\": [1}", "1:9 not JSON: ");
  fails("{\"a\" 1}", "1:6 not JSON: ");
  fails("{'a': 1}", "1:2 not JSON: ");
  fails("{\"a\": True}", "1:7 not JSON: ");
  fails("{} {}", "1:4 not JSON: ");
  fails("{\"a\":1,}", "1:8 not JSON: ");
  for (const char* text : {"\"\x80\"", "\"\xc0\x80\"", "\"\xe0\x80\x80\"", "\"\xed\xa0\x80\"",
                           "\"\xf4\x90\x80\x80\"", "\"\xf0\x9f\x98\""}) {
    fails(text, "not JSON: ");
  }
}

TEST_CASE("a key given twice is told") {
  fails("{\"c\": 1,\n \"c\": 2}", "2:2 'c' is given twice");
}

TEST_CASE("nesting has a limit") {
  const auto nested = [](int depth) { return std::string(depth, '[') + std::string(depth, ']'); };
  CHECK(mistakes_of(nested(kJsonDepthMax)) == "");
  fails(nested(kJsonDepthMax + 1), "1:65 nested deeper than 64");
}

TEST_CASE("compact JSON says the same without comments and space") {
  CHECK(compacted("{ // x\n \"a\" : [ 1.50 , true ,null], \"é\\u0001\\\"\" : { } }") ==
        R"({"a":[1.5,true,null],"é\u0001\"":{}})");
}
