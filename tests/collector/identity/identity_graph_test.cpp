#include "collector/identity/identity_graph.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>

#include "collector/identity/memory_identity.hpp"

using namespace desirepath::collector;
using desirepath::collector::testing::MemoryIdentity;

namespace {

IdentifierRules shop_rules(std::size_t links_max = kLinksMaxDefault) {
  IdentifierRules rules;
  REQUIRE(rules.declare({"email", 100, true, true, Normalize::lowercase, "email"}));
  REQUIRE(rules.declare({"loyalty", 5, false, false, Normalize::trim, "loyalty_id"}));
  REQUIRE(rules.declare({"anonymousId", 1000, false, false, Normalize::trim, "", links_max}));
  return rules;
}

Sighting sighting(const char* one_type, std::string one, const char* other_type, std::string other,
                  Trust trust, std::int64_t time) {
  return {
      {one_type, std::move(one)}, {other_type, std::move(other)}, trust, {time, "m" + std::to_string(time)}};
}

void apply(const IdentifierRules& rules, MemoryIdentity& memory, const Sighting& s) {
  const auto touched = memory.add(s);
  if (!touched.empty()) REQUIRE(resolve_touched(rules, memory, touched));
}

std::vector<Sighting> random_sightings(std::mt19937& random, std::size_t count) {
  const auto any = [&](unsigned below) { return static_cast<unsigned>(random() % below); };
  std::vector<Sighting> all;
  while (all.size() < count) {
    const char* types[] = {"userId", "anonymousId", "email", "loyalty"};
    const char* one = types[any(4)];
    const char* other = types[any(4)];
    Sighting s = sighting(one, std::string(1, static_cast<char>('a' + any(7))), other,
                          std::string(1, static_cast<char>('a' + any(7))),
                          any(2) ? Trust::proved : Trust::claimed, any(12));
    if (s.one == s.other) continue;
    all.push_back(std::move(s));
  }
  return all;
}

}  // namespace

TEST_CASE("an anonymous visitor who signs in is one profile, named by the userId") {
  const IdentifierRules rules = shop_rules();
  MemoryIdentity memory;
  apply(rules, memory, sighting("anonymousId", "a1", "userId", "u1", Trust::claimed, 10));
  apply(rules, memory, sighting("anonymousId", "a2", "userId", "u1", Trust::claimed, 20));
  const auto profiles = memory.profiles();
  CHECK(profiles.at({"anonymousId", "a1"}) == Identifier{"userId", "u1"});
  CHECK(profiles.at({"anonymousId", "a2"}) == Identifier{"userId", "u1"});
}

TEST_CASE("a shared device stays with the first person; the second is a recorded conflict") {
  const IdentifierRules rules = shop_rules();
  MemoryIdentity memory;
  apply(rules, memory, sighting("anonymousId", "tablet", "userId", "late", Trust::claimed, 20));
  CHECK(memory.profiles().at({"anonymousId", "tablet"}) == Identifier{"userId", "late"});
  apply(rules, memory, sighting("anonymousId", "tablet", "userId", "early", Trust::claimed, 10));
  CHECK(memory.profiles().at({"anonymousId", "tablet"}) == Identifier{"userId", "early"});
  CHECK(memory.profiles().at({"userId", "late"}) == Identifier{"userId", "late"});
  CHECK(memory.verdicts().at({{"anonymousId", "tablet"}, {"userId", "late"}}) == Verdict::conflict);
}

TEST_CASE("a claim joins no two proved profiles and moves no trusted identifier") {
  const IdentifierRules rules = shop_rules();
  MemoryIdentity memory;
  apply(rules, memory, sighting("userId", "victim", "email", "v@example.com", Trust::proved, 10));
  apply(rules, memory, sighting("anonymousId", "server", "loyalty", "7", Trust::proved, 11));
  apply(rules, memory, sighting("anonymousId", "attacker", "email", "v@example.com", Trust::claimed, 1));
  CHECK(memory.profiles().at({"anonymousId", "attacker"}) == Identifier{"anonymousId", "attacker"});
  CHECK(memory.verdicts().at({{"anonymousId", "attacker"}, {"email", "v@example.com"}}) ==
        Verdict::untrusted);
  apply(rules, memory, sighting("anonymousId", "server", "userId", "victim", Trust::claimed, 1));
  CHECK(memory.verdicts().at({{"anonymousId", "server"}, {"userId", "victim"}}) == Verdict::two_proved);
  apply(rules, memory, sighting("anonymousId", "server", "userId", "victim", Trust::proved, 99));
  CHECK(memory.profiles().at({"loyalty", "7"}) == Identifier{"userId", "victim"});
}

TEST_CASE("an identifier at its limit of links still joins; one past it is blocked as a whole") {
  const IdentifierRules rules = shop_rules(3);
  MemoryIdentity memory;
  for (int i = 0; i < 3; ++i) {
    apply(rules, memory,
          sighting("anonymousId", "kiosk", "loyalty", std::to_string(i + 10), Trust::proved, i));
  }
  CHECK(memory.profiles().at({"loyalty", "12"}) == memory.profiles().at({"loyalty", "10"}));
  apply(rules, memory, sighting("anonymousId", "kiosk", "loyalty", "13", Trust::proved, 0));
  for (int i = 10; i < 14; ++i) {
    const Identifier one{"loyalty", std::to_string(i)};
    CHECK(memory.profiles().at(one) == one);
    CHECK(memory.verdicts().at({{"anonymousId", "kiosk"}, one}) == Verdict::blocked);
  }
}

TEST_CASE("claims beyond the limit block claims, never what is proved") {
  const IdentifierRules rules = shop_rules(3);
  MemoryIdentity memory;
  apply(rules, memory, sighting("anonymousId", "phone", "userId", "owner", Trust::proved, 50));
  for (int i = 0; i < 9; ++i) {
    apply(rules, memory,
          sighting("anonymousId", "phone", "loyalty", std::to_string(i + 10), Trust::claimed, i));
  }
  CHECK(memory.profiles().at({"anonymousId", "phone"}) == Identifier{"userId", "owner"});
  CHECK(memory.profiles().at({"loyalty", "10"}) == Identifier{"loyalty", "10"});
}

TEST_CASE("a cut keeps two identifiers apart over any chain") {
  const IdentifierRules rules = shop_rules();
  MemoryIdentity memory;
  apply(rules, memory, sighting("anonymousId", "a", "userId", "u", Trust::claimed, 10));
  apply(rules, memory, sighting("anonymousId", "a", "loyalty", "9", Trust::claimed, 20));
  REQUIRE(resolve_touched(rules, memory, memory.cut({"userId", "u"}, {"loyalty", "9"})));
  const auto profiles = memory.profiles();
  CHECK(profiles.at({"userId", "u"}) != profiles.at({"loyalty", "9"}));
}

TEST_CASE("incremental identity equals identity from scratch, for links in any order, repeated and batched") {
  for (std::uint32_t seed = 1; seed <= 1000; ++seed) {
    CAPTURE(seed);
    std::mt19937 random(seed);
    const IdentifierRules rules = shop_rules(2 + seed % 5);
    std::vector<Sighting> sightings = random_sightings(random, 4 + seed % 40);
    MemoryIdentity reference;
    for (const Sighting& s : sightings) reference.add(s);
    const bool with_cut = seed % 3 == 0;
    if (with_cut) reference.cut({"userId", "a"}, {"anonymousId", "b"});
    reference.resolve_all(rules);

    for (int order = 0; order < 3; ++order) {
      std::vector<Sighting> stream = sightings;
      stream.insert(stream.end(), sightings.begin(),
                    sightings.begin() + static_cast<std::ptrdiff_t>(sightings.size() / 2));
      std::shuffle(stream.begin(), stream.end(), random);
      MemoryIdentity memory;
      std::vector<Touched> touched;
      if (with_cut && order == 1)
        REQUIRE(resolve_touched(rules, memory, memory.cut({"userId", "a"}, {"anonymousId", "b"})));
      for (const Sighting& s : stream) {
        const auto more = memory.add(s);
        touched.insert(touched.end(), more.begin(), more.end());
        if (random() % 3 == 0) {
          REQUIRE(resolve_touched(rules, memory, touched));
          touched.clear();
        }
      }
      if (with_cut && order != 1) {
        const auto more = memory.cut({"userId", "a"}, {"anonymousId", "b"});
        touched.insert(touched.end(), more.begin(), more.end());
      }
      REQUIRE(resolve_touched(rules, memory, touched));
      REQUIRE(memory.profiles() == reference.profiles());
      REQUIRE(memory.verdicts() == reference.verdicts());
    }
  }
}

TEST_CASE("one identifier on ever more devices costs each of them the same") {
  const IdentifierRules rules = shop_rules();
  for (const Trust trust : {Trust::claimed, Trust::proved}) {
    MemoryIdentity memory;
    std::size_t dearest_late = 0;
    for (int i = 0; i < 20'000; ++i) {
      apply(rules, memory, sighting("anonymousId", "d" + std::to_string(i), "loyalty", "shared", trust, i));
      const std::size_t reads = memory.take_reads();
      if (i > static_cast<int>(kLinksMaxDefault)) dearest_late = std::max(dearest_late, reads);
    }
    CHECK(dearest_late <= 4);
    const Identifier last{"anonymousId", "d19999"};
    CHECK(memory.profiles().at(last) == last);
    CHECK(memory.profiles().at({"anonymousId", "d0"}) == Identifier{"anonymousId", "d0"});
  }
}

TEST_CASE("a chain of ten thousand is one profile, whichever way its links arrive, and comes apart again") {
  const IdentifierRules rules = shop_rules();
  const int length = 10'000;
  std::vector<Sighting> chain;
  for (int i = 0; i + 1 < length; ++i) {
    chain.push_back(sighting("anonymousId", "n" + std::to_string(100'000 + i), "anonymousId",
                             "n" + std::to_string(100'000 + i + 1), Trust::claimed, i));
  }
  std::mt19937 random(7);
  std::shuffle(chain.begin(), chain.end(), random);
  MemoryIdentity memory;
  std::vector<Touched> touched;
  for (const Sighting& s : chain) {
    const auto more = memory.add(s);
    touched.insert(touched.end(), more.begin(), more.end());
    if (touched.size() < 1'000 && &s != &chain.back()) continue;
    REQUIRE(resolve_touched(rules, memory, touched));
    touched.clear();
  }
  const Identifier first{"anonymousId", "n100000"};
  const Identifier last{"anonymousId", "n" + std::to_string(100'000 + length - 1)};
  for (const auto& [identifier, profile] : memory.profiles()) REQUIRE(profile == first);
  REQUIRE(resolve_touched(rules, memory, memory.cut(first, last)));
  const auto parted = memory.profiles();
  CHECK(parted.at(last) != first);
  CHECK(parted.at(first) == first);
}

TEST_CASE("links in a ring part at one link when two of its ends are cut") {
  const IdentifierRules rules = shop_rules();
  MemoryIdentity memory;
  const char* ring[] = {"a", "b", "c", "d"};
  for (int i = 0; i < 4; ++i) {
    apply(rules, memory,
          sighting("anonymousId", ring[i], "anonymousId", ring[(i + 1) % 4], Trust::claimed, 10 + i));
  }
  CHECK(memory.profiles().at({"anonymousId", "d"}) == Identifier{"anonymousId", "a"});
  REQUIRE(resolve_touched(rules, memory, memory.cut({"anonymousId", "a"}, {"anonymousId", "c"})));
  const auto profiles = memory.profiles();
  CHECK(profiles.at({"anonymousId", "a"}) == profiles.at({"anonymousId", "b"}));
  CHECK(profiles.at({"anonymousId", "c"}) == profiles.at({"anonymousId", "d"}));
  CHECK(profiles.at({"anonymousId", "a"}) != profiles.at({"anonymousId", "c"}));
}
