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

TEST_CASE("what ends the reading is told at its place, with what would be right") {
  // Nothing, or not to its end.
  fails("", "1:1 not JSON: there is nothing in it; a journey begins with '{'");
  fails("\n // soon\n", "1:1 not JSON: there is nothing in it");
  fails("{\n \"a\": [1,\n", "2:7 not JSON: this list is not closed: ']' is missing");
  fails("{\n \"a\": {\"b\": 1}", "1:1 not JSON: this object is not closed: '}' is missing");
  fails("{} /* why", "1:4 not JSON: this comment is not closed: '*/' is missing");
  fails("{\"a\": \"x,\n \"b\": 1}", "1:7 not JSON: this text is not closed: '\"' is missing");
  fails("{\"a\": \"x", "1:7 not JSON: this text is not closed");
  fails("{\"a\": \"x\\", "1:7 not JSON: this text is not closed");
  // Too much.
  fails("{} {}", "1:4 not JSON: the journey ends before this");
  fails("{}}", "1:3 not JSON: the journey ends before this");
  fails("}", "1:1 not JSON: there is nothing to close");
  fails("{\"a\":1,}", "1:7 not JSON: nothing follows this ','; take it out");
  fails("[1 , // last\n ]", "1:4 not JSON: nothing follows this ','; take it out");
  fails("[1,,2]", "1:4 not JSON: this ',' is one too many");
  fails("[,1]", "1:2 not JSON: this ',' is one too many");
  fails("{\"a\"::1}", "1:6 not JSON: this ':' stands behind no key");
  fails("[\"a\":1]", "1:5 not JSON: this ':' stands behind no key");
  // Too little.
  fails("{\"a\": 1\n \"b\": 2}", "2:2 not JSON: ',' is missing before this");
  fails("[{} {}]", "1:5 not JSON: ',' is missing before this");
  fails("{\"a\" 1}", "1:6 not JSON: ':' is missing before this");
  fails("{\"a\":}", "1:6 not JSON: the value of the key before this is missing");
  fails("{\"a\": 1, \"b\"}", "1:13 not JSON: the value of the key before this is missing");
  fails("{\n\"a\": [1}", "2:8 not JSON: ']' is missing before this: the list of line 2 is not closed");
  fails("[\n{\"a\": 1]", "2:8 not JSON: '}' is missing before this: the object of line 2 is not closed");
  // Another language.
  fails("{a: 1}", "1:2 not JSON: a key stands between double quotes: \"a\"");
  fails("{'a': 1}", "1:2 not JSON: texts and keys stand between straight double quotes");
  fails("{\"a\": “x”}", "1:7 not JSON: texts and keys stand between straight double quotes");
  fails("{\"a\": True}", "1:7 not JSON: 'True' is no value (did you mean 'true'?)");
  fails("{\"a\": truex}", "1:7 not JSON: 'truex' is no value (did you mean 'true'?)");
  fails("{\"a\": undefined}", "1:7 not JSON: 'undefined' is no value; texts stand between double quotes");
  fails("{\"a\": .5}", "1:7 not JSON: '.5' is no number; JSON writes them as 0.5, 12 or -3e5");
  fails("{\"a\": 012}", "1:7 not JSON: '012' is no number");
  fails("[1, 1e999]", "1:5 not JSON: 1e999 is beyond the numbers there are");
  fails("{# one\n}", "1:2 not JSON: a comment begins with '//'");
  fails("{\"a\": 1 / 2}", "1:9 not JSON: a comment begins with '//'");
  fails("{}\x01", "1:3 not JSON: the journey ends before this");
  fails("[1, \xef\xbb\xbf\"x\"]", "1:5 not JSON: a value is expected here");
  fails("[\x01]", "1:2 not JSON: a value is expected here");
  fails("{\x01}", "1:2 not JSON: a key is expected here");
}

TEST_CASE("what cannot stand in a text is told at its place") {
  fails(R"(["a\qb"])", R"(1:4 not JSON: '\q' stands for nothing; a backslash is written as '\\')");
  fails(R"(["C:\users"])", "1:5 not JSON: after '\\u' come four hexadecimal digits");
  fails(R"(["\ud800"])", "1:3 not JSON: after '\\u' come four hexadecimal digits, two such halves");
  fails("[\"a\tb\"]", "1:4 not JSON: in a text a tab is written as '\\t'");
  for (const char* text : {"\"\x80\"", "\"\xc0\x80\"", "\"\xe0\x80\x80\"", "\"\xed\xa0\x80\"",
                           "\"\xf4\x90\x80\x80\"", "\"\xf0\x9f\x98\"", "\"\xe9", "\"\xe9\n\""}) {
    fails(text, "1:2 not JSON: this is no UTF-8; save the file as UTF-8");
  }
  fails("\"caf\xe9\"", "1:5 not JSON: this is no UTF-8");
  fails("\"café\n\"", "1:1 not JSON: this text is not closed");
}

TEST_CASE("a byte of 0 is no end of the text") {
  fails(std::string_view("{} \0 {}", 7), "1:4 not JSON: a byte of 0; the file must be UTF-8 text");
  fails(std::string_view("{\0}\0", 4), "1:2 not JSON: a byte of 0");
  fails(std::string_view("{} // \0", 7), "1:7 not JSON: a byte of 0");
}

TEST_CASE("whatever a text is cut down to is told somewhere in it") {
  const std::string text = R"({ "a": [ 1.5e3, true, "é\u00e9\"\ud83d\ude00" /* x */ ], // y
  "b": { "c": null } })";
  for (std::size_t end = 0; end < text.size(); ++end) fails(text.substr(0, end), "not JSON: ");
  for (std::size_t at = 0; at <= text.size(); ++at) {
    for (const char* more :
         {"\xef\xbb\xbf", "/*", "*/", "//", "\\u", "\xc2\xa0", "1e999", "\"x\"", "\"x\":"}) {
      std::string other = text;
      other.insert(at, more);
      Diagnostics diagnostics("j", other);
      const bool is_read = parse_json(other, diagnostics) != nullptr;
      CHECK_MESSAGE(diagnostics.has_errors() != is_read, other);
    }
  }
  for (std::size_t at = 0; at < text.size(); ++at) {
    for (const char c : {'\x01', '\x80', '"', '{', '}', '[', ']', ',', ':', '\\', '/', 'x', '7', '\n'}) {
      std::string other = text;
      other[at] = c;
      Diagnostics diagnostics("j", other);
      const bool is_read = parse_json(other, diagnostics) != nullptr;
      CHECK_MESSAGE(diagnostics.has_errors() != is_read, other);
    }
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
