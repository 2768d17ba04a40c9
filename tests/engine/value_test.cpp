#include "sdk/engine/value.hpp"

#include <doctest/doctest.h>

#include <random>
#include <string>
#include <vector>

#include "sdk/engine/limits.hpp"
#include "sdk/engine/value_writer.hpp"

using namespace desirepath;

namespace {

std::vector<std::uint8_t> sample() {
  ValueWriter writer;
  writer.open_object();
  writer.key("name");
  writer.string("boot");
  writer.key("sizes");
  writer.open_array();
  writer.number(41);
  writer.null();
  writer.boolean(true);
  writer.close();
  writer.key("empty");
  writer.open_object();
  writer.close();
  writer.close();
  return writer.take();
}

}  // namespace

TEST_CASE("what the writer wrote is valid and reads back") {
  const auto bytes = sample();
  REQUIRE(validated_size(bytes) == bytes.size());
  const Value value = Value::read(bytes.data());
  CHECK(value.at("name").text() == "boot");
  CHECK(value.at("sizes").count() == 3);
  CHECK(value.at("sizes").at("0").number() == 41);
  CHECK(value.at("sizes").at("1").tag() == Tag::null);
  CHECK(value.at("sizes").at("2").boolean());
  CHECK(value.at("sizes").at("3").is_missing());
  CHECK(value.at("sizes").at("x").is_missing());
  CHECK(value.at("empty").is_object());
  CHECK(value.at("absent").is_missing());
  CHECK(Value::equal(value, value));
  CHECK_FALSE(Value::equal(value, value.at("sizes")));
}

TEST_CASE("every cut of valid bytes is refused") {
  const auto bytes = sample();
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    CAPTURE(size);
    CHECK(validated_size({bytes.data(), size}) == 0);
  }
}

TEST_CASE("nesting is allowed to its limit and refused one past it") {
  for (const int depth : {kValueDepthMax, kValueDepthMax + 1}) {
    ValueWriter writer;
    for (int i = 0; i < depth; ++i) writer.open_array();
    for (int i = 0; i < depth; ++i) writer.close();
    CHECK((validated_size(writer.bytes()) != 0) == (depth == kValueDepthMax));
  }
}

TEST_CASE("a number that is none is refused") {
  for (const double number :
       {std::numeric_limits<double>::infinity(), std::numeric_limits<double>::quiet_NaN()}) {
    ValueWriter writer;
    writer.number(number);
    CHECK(validated_size(writer.bytes()) == 0);
  }
}

TEST_CASE("hostile bytes never pass with a size beyond them, and what passes can be walked") {
  std::mt19937 random(20261122);
  const auto original = sample();
  for (int round = 0; round < 20000; ++round) {
    auto bytes = original;
    for (int i = 0; i < 1 + round % 4; ++i)
      bytes[random() % bytes.size()] = static_cast<std::uint8_t>(random());
    const std::size_t size = validated_size(bytes);
    REQUIRE(size <= bytes.size());
    if (size == 0) continue;
    REQUIRE(encoded_size(bytes.data()) == size);
    const Value value = Value::read(bytes.data());
    REQUIRE(Value::equal(value, value));
  }
}
