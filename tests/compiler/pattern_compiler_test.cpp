#include "sdk/compiler/pattern_compiler.hpp"

#include <doctest/doctest.h>

#include "tests/journey_fixture.hpp"

using namespace desirepath;
using namespace desirepath::tests;

namespace {

// Where a pattern is wrong and what is said of it begins with this.
void refuses(std::string_view pattern, std::size_t at, const std::string& text) {
  const compiler::CompiledPattern compiled = compiler::compile_pattern(pattern, false);
  CAPTURE(pattern);
  REQUIRE(compiled.error.has_value());
  CHECK(compiled.code.empty());
  CHECK(compiled.error->at == at);
  CHECK_MESSAGE(compiled.error->text.rfind(text, 0) == 0, compiled.error->text);
}

// What the compiler says of a journey of two lines whose second is this pattern.
std::string said_of(const std::string& json_pattern) {
  const std::string text =
      R"({"schema":"desirepath/journey/1","journey":"t","version":1,"triggers":[{"id":"t","event":"E","do":[{"channel":"web","slot":"s"}],"when":{"properties.x":{"$regex":)"
      "\n" +
      json_pattern + "}}}]}";
  return all_of(compiler::compile_journey(text, "j.json").diagnostics);
}

bool says(const std::string& json_pattern, const std::string& line) {
  const std::string said = said_of(json_pattern);
  CHECK_MESSAGE(said.find(line) != std::string::npos, said);
  return said.find(line) != std::string::npos;
}

}  // namespace

TEST_CASE("what takes more than linear time is refused where it stands") {
  refuses("(a)\\1", 3, "back-references");
  refuses("\\k<n>", 0, "back-references");
  refuses("a(?=b)", 1, "look-around");
  refuses("a(?!b)", 1, "look-around");
  refuses("(?<=a)b", 0, "look-around");
  refuses("(?<!a)b", 0, "look-around");
}

TEST_CASE("what is no pattern is refused where it stands") {
  refuses("(?<year>a)", 0, "groups have no names");
  refuses("a(?i)", 1, "unknown kind of group");
  refuses("a(?", 1, "unknown kind of group");
  refuses("ab(c", 2, "this group is not closed");
  refuses("ab)c", 2, "')' closes no group");
  refuses("a[bc", 1, "this class is not closed");
  refuses("a[]", 1, "an empty class");
  refuses("a[^]", 1, "an empty class");
  refuses("[z-a]", 1, "this range of characters");
  refuses("[a-\\d]", 2, "a range ends in single characters");
  refuses("[\\d-z]", 3, "a range ends in single characters");
  refuses("*a", 0, "there is nothing to repeat");
  refuses("a**", 2, "there is nothing to repeat");
  refuses("a|+", 2, "there is nothing to repeat");
  refuses("({2})", 1, "there is nothing to repeat");
  refuses("^*", 1, "there is nothing to repeat");
  refuses("\\b+", 2, "there is nothing to repeat");
  refuses("a{3,2}", 1, "the counts of a repeat");
  refuses("a{99999999999}", 1, "the pattern is too large");
  refuses("ab\\", 2, "the pattern ends in an escape");
  refuses("a\\q", 1, "unknown escape");
  refuses("\\A", 0, "unknown escape; the start of the text is '^'");
  refuses("\\p{L}", 0, "Unicode properties");
  refuses("\\x4g", 0, "this escape takes 2");
  refuses("\\u00", 0, "this escape takes 4");
  refuses("\\ud83d", 0, "half of a character");
  refuses("\\ud83dx", 0, "half of a character");
  refuses("\\ude00", 0, "half of a character");
  refuses("\\\xc3\xa9", 0, "unknown escape");
  refuses("/???***[)", 3, "there is nothing to repeat");
}

TEST_CASE("a mistake in a pattern is placed in the source, whatever JSON escapes stand before it") {
  says(R"("ab)c")", "j.json:2:4: error: in this pattern: ')' closes no group");
  says(R"("\\d)c")", "j.json:2:5: error: in this pattern: ')' closes no group");
  says(R"("\u0061\t)c")", "j.json:2:10: error: in this pattern: ')' closes no group");
  says(R"("\ud83d\ude00\u20ac)c")", "j.json:2:20: error: in this pattern: ')' closes no group");
  says("\"\xc3\xa9)c\"", "j.json:2:3: error: in this pattern: ')' closes no group");
  says(R"("(a)\\1")", "j.json:2:5: error: in this pattern: back-references");
  says("5", "j.json:2:1: error: '$regex' takes a pattern as a string, not a number");
}

TEST_CASE("a quoted text is found as it is") {
  const std::string text = "a.b*c(d)[e]{f}|g^h$i?j+k\\l/m-n";
  const std::string quoted = compiler::quoted_pattern(text);
  CHECK(quoted == "a\\.b\\*c\\(d\\)\\[e\\]\\{f\\}\\|g\\^h\\$i\\?j\\+k\\\\l/m-n");
  const compiler::CompiledPattern compiled = compiler::compile_pattern(quoted, false);
  REQUIRE_FALSE(compiled.error.has_value());
  CHECK(compiled.code.size() == text.size() + 1);
}
