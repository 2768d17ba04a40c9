#include "sdk/compiler/diagnostic.hpp"

#include <doctest/doctest.h>

#include "sdk/compiler/source_excerpt.hpp"

using namespace desirepath::compiler;

TEST_CASE("diagnostics come in the order of the source, each once") {
  Diagnostics diagnostics("j", "one\ntwo");
  diagnostics.warning(5, "late");
  diagnostics.error(0, "early");
  diagnostics.error(5, "late");
  diagnostics.error(5, "other");
  const auto found = diagnostics.take();
  REQUIRE(found.size() == 3);
  CHECK(to_string(found[0]) == "j:1:1: error: early");
  CHECK(to_string(found[1]) == "j:2:2: warning: late");
  CHECK(to_string(found[2]) == "j:2:2: error: other");
}

TEST_CASE("a place inside a string counts what its escapes stand for") {
  const std::string text = R"( "a\n\u00e9\ud83d\ude00z")";
  const auto column_of = [&](std::size_t index) {
    Diagnostics diagnostics("j", text);
    diagnostics.error_in_text(1, index, "here");
    return diagnostics.take()[0].column;
  };
  CHECK(column_of(0) == 3);    // a
  CHECK(column_of(1) == 4);    // \n
  CHECK(column_of(2) == 6);    // \u00e9, two bytes
  CHECK(column_of(4) == 12);   // the pair, four bytes
  CHECK(column_of(8) == 24);   // z
  CHECK(column_of(99) == 25);  // the closing quote
}

TEST_CASE("the nearest name is suggested, and none where none is near") {
  CHECK(did_you_mean("emial", {"sms", "email"}) == " (did you mean 'email'?)");
  CHECK(did_you_mean("behaviours", {"behaviors"}) == " (did you mean 'behaviors'?)");
  CHECK(did_you_mean("x", {"stage", "traits"}) == "");
  CHECK(did_you_mean("", {"stage"}) == "");
  CHECK(did_you_mean("c", {"a"}) == "");
}

TEST_CASE("an excerpt marks the word under its line") {
  CHECK(source_excerpt("{\n\t\"é\": \"a\\\"b\" }\n", 4 + 5, 2) ==
        "    2 | \t\"é\": \"a\\\"b\" }\n      | \t     ^~~~~~");
  CHECK(source_excerpt("a: 12, b", 3, 1) == "    1 | a: 12, b\n      |    ^~");
  CHECK(source_excerpt("[1", 2, 10) == "    10 | [1\n       |   ^");
  CHECK(source_excerpt("", 0, 1) == "    1 | \n      | ^");
  CHECK(source_excerpt("{}", 0, 1) == "    1 | {}\n      | ^");
}

TEST_CASE("a long line is cut around the word, on characters") {
  std::string line;
  for (int i = 0; i < 200; ++i) line += "é";
  const std::string excerpt = source_excerpt(line + "x" + line, line.size(), 1);
  std::string expected = "    1 | …";
  for (int i = 0; i < 60; ++i) expected += "é";
  expected += "x";
  for (int i = 0; i < 49; ++i) expected += "é";
  expected += "…\n      |  " + std::string(60, ' ') + "^" + std::string(49, '~');
  CHECK(excerpt == expected);
}
