#include "collector/identity/identifier_rules.hpp"

#include <doctest/doctest.h>

#include "collector/identity/event_identity.hpp"
#include "sdk/engine/value_writer.hpp"

using namespace desirepath;
using namespace desirepath::collector;

TEST_CASE("placeholders never identify") {
  const IdentifierRules rules;
  for (const char* value :
       {"null", "NULL", " undefined ", "anonymous", "0", "", "none", "NaN", "[object Object]", "  ",
        "00000000-0000-0000-0000-000000000000", "N/A", "false"}) {
    CAPTURE(value);
    CHECK_FALSE(rules.identify("userId", value));
  }
  CHECK(rules.identify("userId", "nullable"));
  CHECK(rules.identify("userId", "00"));
}

TEST_CASE("a value has its limit, and one past it does not identify") {
  const IdentifierRules rules;
  CHECK(rules.identify("userId", std::string(kIdentifierBytesMax, 'x')));
  CHECK_FALSE(rules.identify("userId", std::string(kIdentifierBytesMax + 1, 'x')));
}

TEST_CASE("values are normalised as declared") {
  IdentifierRules rules;
  REQUIRE(rules.declare({"email", 100, false, false, Normalize::lowercase, "email"}));
  CHECK(rules.identify("email", "  Ann@Example.COM ")->value == "ann@example.com");
  CHECK(rules.identify("userId", " Ann ")->value == "Ann");
  CHECK_FALSE(rules.identify("phone", "1"));
}

TEST_CASE("strength: priority, then type, then value") {
  IdentifierRules rules;
  REQUIRE(rules.declare({"email", 2}));
  CHECK(rules.stronger({"userId", "z"}, {"email", "a"}));
  CHECK(rules.stronger({"email", "z"}, {"anonymousId", "a"}));
  CHECK(rules.stronger({"email", "a"}, {"email", "b"}));
}

TEST_CASE("mistakes in declarations are named") {
  IdentifierRules rules;
  CHECK_FALSE(rules.declare({"email", 0}));
  CHECK_FALSE(rules.declare({"profile", 5}));
  CHECK_FALSE(rules.declare({"a:b", 5}));
  REQUIRE(rules.declare({"email", 3}));
  CHECK(rules.declare({"email", 3}));
  CHECK(rules.declare({"email", 4}).error().message ==
        "identifiers.email: two journeys declare it differently");
}

TEST_CASE("a profile id is the same for ever") {
  CHECK(public_id({"userId", "u1"}) == public_id({"userId", "u1"}));
  CHECK(public_id({"userId", "u1"}).size() == 24);
  CHECK(public_id({"userId", "u1"}) != public_id({"anonymousId", "u1"}));
  CHECK(public_id({"a", "bc"}) != public_id({"ab", "c"}));
}

namespace {
EventIdentity identity_of(const IdentifierRules& rules,
                          std::initializer_list<std::pair<const char*, const char*>> members,
                          std::initializer_list<std::pair<const char*, const char*>> traits = {}) {
  ValueWriter writer;
  writer.open_object();
  for (const auto& [key, value] : members) {
    writer.key(key);
    writer.string(value);
  }
  writer.key("traits");
  writer.open_object();
  for (const auto& [key, value] : traits) {
    writer.key(key);
    writer.string(value);
  }
  writer.close();
  writer.close();
  return identify_event(rules, Value::read(writer.bytes().data()), "m1");
}
}  // namespace

TEST_CASE("an event's owner is its strongest identifier, its stream its sender") {
  IdentifierRules rules;
  REQUIRE(rules.declare({"email", 100, false, false, Normalize::trim, "email"}));
  const EventIdentity both = identity_of(rules, {{"type", "track"}, {"userId", "u"}, {"anonymousId", "a"}},
                                         {{"email", "x@example.com"}});
  CHECK(both.owner == Identifier{"userId", "u"});
  CHECK(both.stream == Identifier{"anonymousId", "a"});
  CHECK(both.others == std::vector<Identifier>{{"anonymousId", "a"}});
  const EventIdentity known =
      identity_of(rules, {{"type", "identify"}, {"anonymousId", "a"}}, {{"email", "x@example.com"}});
  CHECK(known.owner == Identifier{"anonymousId", "a"});
  CHECK(known.others == std::vector<Identifier>{{"email", "x@example.com"}});
  IdentifierRules device_first;
  REQUIRE(device_first.declare({"anonymousId", 1}));
  REQUIRE(device_first.declare({"userId", 2}));
  const EventIdentity device =
      identity_of(device_first, {{"type", "track"}, {"userId", "u"}, {"anonymousId", "a"}});
  CHECK(device.owner == Identifier{"anonymousId", "a"});
  CHECK(device.others == std::vector<Identifier>{{"userId", "u"}});
  const EventIdentity alias = identity_of(rules, {{"type", "alias"}, {"userId", "u"}, {"previousId", "a"}});
  CHECK(alias.others == std::vector<Identifier>{{"anonymousId", "a"}});
  const EventIdentity nobody = identity_of(rules, {{"type", "track"}, {"userId", "null"}});
  CHECK(nobody.is_nobody());
}
