#include "sdk/engine/version.hpp"

#include <doctest/doctest.h>

#include <vector>

using namespace desirepath;

namespace {

int compared(std::string_view a, std::string_view b) {
  return compare_versions(Value::of(a), Value::of(b));
}

}  // namespace

TEST_CASE("versions stand in order") {
  const std::vector<std::string_view> ascending = {
      "0.9.0",        "0.9.99",        "0.10.0",     "1.0.0-0",     "1.0.0-1",       "1.0.0-1.0",
      "1.0.0-99",     "1.0.0-100",     "1.0.0-Beta", "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta",
      "1.0.0-beta.2", "1.0.0-beta.11", "1.0.0-rc.1", "1.0.0",       "1.2",           "1.2.3",
      "9.0.0",        "10.0.0",        "999999.0.0", "1000000.0.0"};
  for (std::size_t i = 0; i < ascending.size(); ++i) {
    for (std::size_t j = 0; j < ascending.size(); ++j) {
      CAPTURE(ascending[i]);
      CAPTURE(ascending[j]);
      CHECK(compared(ascending[i], ascending[j]) == (i < j ? -1 : i > j ? 1 : 0));
    }
  }
}

TEST_CASE("a leading v and what follows a plus do not count, and a dash is a dot") {
  CHECK(compared("v1.2.3", "1.2.3") == 0);
  CHECK(compared("1.2.3+build.7", "1.2.3") == 0);
  CHECK(compared("1.2.3-beta+a", "v1.2.3-beta+b") == 0);
  CHECK(compared("1-2-3", "1.2.3") == 0);
  CHECK(compared("1.2.3.4", "1.2.3-4") == 0);
  CHECK(compared("vv1", "v1") != 0);
  CHECK(compared("01.2.3", "1.2.3") == 1);
}

TEST_CASE("what is no text is the version it prints as, or version 0") {
  const auto of = [](const Value& value, std::string_view version) {
    return compare_versions(value, Value::of(version));
  };
  CHECK(of(Value::of(2.0), "2") == 0);
  CHECK(of(Value::of(1.15), "1.15") == 0);
  CHECK(of(Value::of(-1.0), "-1") == 0);
  CHECK(of(Value::of(0.1 + 0.2), "0") == 0);
  CHECK(of(Value{}, "0") == 0);
  CHECK(of(Value::of(true), "0") == 0);
  CHECK(of(Value::of(std::string_view()), "0") == 0);
  CHECK(of(Value::of(std::string_view("v")), "0") == -1);
}
