#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <random>
#include <string>

#include "collector/ingest/json_check.hpp"
#include "collector/ingest/json_mistake.hpp"

using namespace desirepath::collector;

namespace {

std::size_t offset_of(const std::string& text) {
  const auto mistake = find_json_mistake(text);
  REQUIRE_MESSAGE(mistake.has_value(), text);
  return mistake->offset;
}

}  // namespace

TEST_CASE("json mistake: it is where the text stops being JSON") {
  CHECK(offset_of("") == 0);
  CHECK(offset_of("  ") == 2);
  CHECK(offset_of("nul") == 0);
  CHECK(offset_of("{\"a\":1,}") == 7);
  CHECK(offset_of("{\"a\" 1}") == 5);
  CHECK(offset_of("[1,2") == 4);
  CHECK(offset_of("[1 2]") == 3);
  CHECK(offset_of("{\"a\":1]") == 6);
  CHECK(offset_of("\"a\nb\"") == 2);
  CHECK(offset_of("\"\\x\"") == 2);
  CHECK(offset_of("[01]") == 2);
  CHECK(offset_of("[1.]") == 3);
  CHECK(offset_of("{} {}") == 3);
  CHECK(offset_of("[\"\xff\"]") == 2);
  CHECK(offset_of("[\"\\ud800\"]") == 2);
  CHECK(offset_of("[\"\xc0\x80\"]") == 2);      // overlong
  CHECK(offset_of("[\"\xed\xa0\x80\"]") == 2);  // a surrogate in UTF-8
  const auto mistake = find_json_mistake("{\n \"a\": tru\n}");
  CHECK(mistake->line == 2);
  CHECK(mistake->column == 7);
}

TEST_CASE("json mistake: JSON has none") {
  for (const char* text : {"0", "-0.5e+7", "true", " null ", "\"\"", "[]", "{}", "[[],{}]",
                           "{\"a\":[1,{\"b\":\"\\ud83d\\ude00\"}]}"}) {
    CAPTURE(text);
    CHECK_FALSE(find_json_mistake(text).has_value());
  }
  const std::string deep = std::string(100'000, '[') + std::string(100'000, ']');
  CHECK_FALSE(find_json_mistake(deep).has_value());
  CHECK(offset_of(std::string(100'000, '[')) == 100'000);
}

TEST_CASE("json mistake: it agrees with two other parsers on text that is almost JSON") {
  const std::string whole =
      R"({"batch":[{"type":"track","n":-12.5e3,"t":true,"s":"a\"\\\u00e4ü","o":{},"l":[null,false]}],"sentAt":1})";
  std::mt19937 random(20'261'122);
  const std::string letters = "{}[]\",:\\0123456789eE+-.truefalsn \n\t\x01\xc3\xa4\xff";
  std::size_t valid = 0;
  for (int i = 0; i < 20'000; ++i) {
    std::string text = whole;
    for (std::size_t change = random() % 3; change < 3; ++change) {
      const std::size_t at = random() % text.size();
      const char letter = letters[random() % letters.size()];
      switch (random() % 3) {
        case 0: text[at] = letter; break;
        case 1: text.insert(at, 1, letter); break;
        default: text.erase(at, 1);
      }
    }
    const bool ours = !find_json_mistake(text).has_value();
    const auto parsed = nlohmann::json::parse(text, nullptr, false);
    const bool plain = is_plain_json(text);
    CAPTURE(text);
    if (plain) CHECK(ours);
    if (!parsed.is_discarded()) CHECK(ours);
    // A number too large for a double is JSON all the same.
    if (ours && parsed.is_discarded()) CHECK_FALSE(plain);
    valid += ours ? 1 : 0;
  }
  CHECK(valid > 1'000);
}
