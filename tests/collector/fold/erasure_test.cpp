// After an erasure the person is in no file, and what they did before never comes back.
#include <doctest/doctest.h>

#include <random>
#include <string>
#include <vector>

#include "collector/support/files_with.hpp"
#include "tests/collector/fold/test_collector.hpp"

using namespace desirepath::collector;
using namespace desirepath::collector::testing;
using desirepath::collector::tests::files_with;

namespace {

TestEvent sees(int minute, const std::string& id, const std::string& who, const std::string& more = "") {
  return make_event(kStartMs + minute * 60'000, id, "track",
                    "," + who + ",\"event\":\"Product Viewed\",\"properties\":{\"note\":\"" + more + "\"}");
}
TestEvent names(int minute, const std::string& id, const std::string& who, const std::string& email,
                Trust trust = Trust::claimed) {
  return make_event(kStartMs + minute * 60'000, id, "identify",
                    "," + who + ",\"traits\":{\"email\":\"" + email + "\",\"city\":\"Trogen-AR\"}", trust);
}

void erase(TestCollector& collector, const Identifier& identifier) {
  auto erased = collector.fold->erase(identifier);
  if (!erased) FAIL(erased.error().message);
  auto finished = collector.fold->finish_erasures(std::chrono::seconds(5));
  REQUIRE(finished);
  CHECK(*finished);
}

}  // namespace

TEST_CASE("an erased person is in no byte of any file, and the others stay as they are") {
  std::mt19937 random(11);
  TestCollector collector;
  std::vector<TestEvent> others;
  for (int i = 0; i < 400; ++i) {
    const std::string who = "\"anonymousId\":\"other-" + std::to_string(random() % 40) + "\"";
    others.push_back(sees(i, "o" + std::to_string(i), who, "unrelated"));
  }
  TestCollector without;
  without.take(others);
  const std::string expected = without.everything();
  // Folded in pieces, so that chunks, states and links are rewritten many times over.
  for (int i = 0; i < 400; i += 20) {
    std::vector<TestEvent> piece(others.begin() + i, others.begin() + i + 20);
    const std::string n = std::to_string(i);
    piece.push_back(
        sees(i, "ann-m" + n, "\"anonymousId\":\"anns-phone\",\"userId\":\"ann-1815\"", "anns-secret-" + n));
    piece.push_back(names(i, "ann-i" + n, "\"userId\":\"ann-1815\"", "Ann.Lovelace@example.com"));
    collector.take(piece);
  }
  REQUIRE(collector.profiles().find("ann-1815") != std::string::npos);
  REQUIRE_FALSE(files_with(collector.path(), "ann-1815").empty());
  collector.now_ms += 1000;
  erase(collector, {"email", "ann.lovelace@example.com"});
  for (const char* text : {"ann-1815", "anns-phone", "nn.Lovelace@example.com", "ann.lovelace@",
                           "anns-secret", "Trogen-AR", "ann-m", "ann-i"}) {
    CAPTURE(text);
    const auto found = files_with(collector.path(), text);
    CHECK_MESSAGE(found.empty(), found.front());
  }
  CHECK(collector.everything() == expected);
  CHECK(collector.document("userId", "ann-1815").starts_with("no profile has"));
}

TEST_CASE("what an erased person did before never comes back; what they do later starts a fresh profile") {
  TestCollector collector;
  const auto before = sees(0, "m0", "\"anonymousId\":\"phone\",\"userId\":\"ann\"");
  collector.take({before, names(1, "m1", "\"userId\":\"ann\"", "ann@example.com")});
  collector.now_ms += 1000;
  erase(collector, {"userId", "ann"});
  CHECK(collector.profiles().empty());
  collector.now_ms += 1000;
  // Sent again, late from the device, by the e-mail alone, or with a time from the future but received
  // before.
  const auto counters = collector.take({before, sees(2, "m2", "\"anonymousId\":\"phone\""),
                                        names(3, "m3", "\"userId\":\"somebody\"", "Ann@example.com")});
  CHECK(counters.erased == 3);
  CHECK(counters.events == 2);  // those of before the erasure
  CHECK(collector.profiles().empty());
  collector.take(
      {make_event(collector.now_ms, "m9", "track", ",\"userId\":\"ann\",\"event\":\"Product Viewed\"")});
  CHECK(collector.profiles().find("\"viewed\":1") != std::string::npos);
  collector.reopen();
  CHECK(collector.take({before}).erased == 1);
}

TEST_CASE("an identifier that others use as well stays theirs") {
  TestCollector collector;
  collector.take({sees(0, "m0", "\"anonymousId\":\"tablet\",\"userId\":\"ann\""),
                  sees(1, "m1", "\"anonymousId\":\"tablet\",\"userId\":\"bob\"")});
  const std::string bob = public_id({"userId", "bob"});
  CHECK(collector.document("anonymousId", "tablet").find(public_id({"userId", "ann"})) != std::string::npos);
  collector.now_ms += 1000;
  erase(collector, {"userId", "ann"});
  CHECK(collector.document("userId", "bob").find("\"messageId\":\"m1\"") != std::string::npos);
  // The link that ann's stood in the way of holds now.
  CHECK(collector.document("anonymousId", "tablet").starts_with("{\"profile\":\"" + bob));
  CHECK(files_with(collector.path(), "\"ann\"").empty());
  TestCollector only_bob;
  only_bob.take({sees(1, "m1", "\"anonymousId\":\"tablet\",\"userId\":\"bob\"")});
  CHECK(collector.profiles() == only_bob.profiles());
}

TEST_CASE("an erasure whose traces could not be overwritten is finished after a restart") {
  TestCollector collector;
  collector.take({sees(0, "m0", "\"userId\":\"ann-1815\"")});
  {
    auto reader = collector.store->snapshot();
    REQUIRE(reader);
    REQUIRE((*reader)->cursor());
    collector.now_ms += 1000;
    REQUIRE(collector.fold->erase({"userId", "ann-1815"}));
    auto finished = collector.fold->finish_erasures(std::chrono::milliseconds(0));
    REQUIRE(finished);
    CHECK_FALSE(*finished);
  }
  collector.reopen();
  collector.run();
  CHECK(files_with(collector.path(), "ann-1815").empty());
}

TEST_CASE("an erasure is not finished while the journal holds its events beside others that wait") {
  TestCollector collector;
  collector.take({sees(0, "m0", "\"userId\":\"ann-1815\"")});
  collector.now_ms += 1000;
  REQUIRE(collector.fold->erase({"userId", "ann-1815"}));
  collector.append({sees(1, "m1", "\"userId\":\"bob\"")});
  for (int i = 0; i < 2; ++i) {
    auto finished = collector.fold->finish_erasures(std::chrono::milliseconds(0));
    REQUIRE(finished);
    CHECK_FALSE(*finished);
    CHECK_FALSE(files_with(collector.path(), "ann-1815").empty());
    collector.reopen();  // it is not forgotten
  }
  collector.run();
  auto finished = collector.fold->finish_erasures(std::chrono::seconds(5));
  REQUIRE(finished);
  CHECK(*finished);
  CHECK(files_with(collector.path(), "ann-1815").empty());
}

TEST_CASE("an erased identifier that was never seen is kept out all the same") {
  TestCollector collector;
  auto erased = collector.fold->erase({"userId", "ghost"});
  REQUIRE(erased);
  CHECK(erased->events == 0);
  CHECK(collector.take({sees(0, "m0", "\"userId\":\"ghost\"")}).erased == 1);
}

TEST_CASE("links and un-merges of others are untouched by an erasure in their midst") {
  for (std::uint32_t seed = 1; seed <= 12; ++seed) {
    CAPTURE(seed);
    std::mt19937 random(seed);
    std::vector<TestEvent> all;
    std::vector<TestEvent> rest;
    for (int i = 0; i < 60; ++i) {
      // Two neighbourhoods that share nothing but the collector.
      const bool first = random() % 2 == 0;
      const std::string side = first ? "x" : "y";
      const std::string who = "\"anonymousId\":\"" + side + "d" + std::to_string(random() % 3) +
                              "\",\"userId\":\"" + side + "u" + std::to_string(random() % 2) + "\"";
      all.push_back(sees(i, "m" + std::to_string(i), who));
      if (!first) rest.push_back(all.back());
    }
    TestCollector collector;
    collector.take(all);
    collector.now_ms += 1000;
    erase(collector, {"userId", "xu0"});
    erase(collector, {"userId", "xu1"});
    for (int i = 0; i < 3; ++i) erase(collector, {"anonymousId", "xd" + std::to_string(i)});
    TestCollector expected;
    expected.take(rest);
    REQUIRE(collector.everything() == expected.everything());
    CHECK(files_with(collector.path(), "xu0").empty());
  }
}

// Whatever links whom to whom before and after it.
TEST_CASE("an erasure among merges leaves the others as if the person had never been logged") {
  for (std::uint32_t seed = 1; seed <= 24; ++seed) {
    CAPTURE(seed);
    std::mt19937 random(seed);
    const auto event = [&](int i) {
      const std::string device = "\"anonymousId\":\"d" + std::to_string(random() % 6) + "\"";
      const std::string user = "\"userId\":\"u" + std::to_string(random() % 4) + "\"";
      const std::string id = "m" + std::to_string(i);
      switch (random() % 4) {
        case 0: return names(i, id, device + "," + user, "e" + std::to_string(random() % 4) + "@x.ch");
        case 1: return sees(i, id, device + "," + user);
        case 2: return sees(i, id, user);
        default: return sees(i, id, device);
      }
    };
    std::vector<TestEvent> before;
    std::vector<TestEvent> after;
    for (int i = 0; i < 40; ++i) before.push_back(event(static_cast<int>(random() % 20) + 20 * i));
    for (int i = 40; i < 60; ++i) after.push_back(event(static_cast<int>(random() % 20) + 20 * i));
    const Identifier who{"userId", "u" + std::to_string(random() % 4)};
    TestCollector collector;
    collector.take(before);
    const auto person = events_json(*collector.store, who.type, who.value);
    const auto is_theirs = [&](const TestEvent& each) {
      return person && person->find("\"messageId\":\"" + each.message_id + "\"") != std::string::npos;
    };
    std::vector<TestEvent> kept;
    for (const TestEvent& each : before) {
      if (!is_theirs(each)) kept.push_back(each);
    }
    collector.now_ms += 1000;
    erase(collector, who);
    for (const TestEvent& each : after) {
      const auto counters = collector.counters();
      collector.take({each});
      if (collector.counters().erased == counters.erased) kept.push_back(each);
    }
    std::shuffle(kept.begin(), kept.end(), random);
    TestCollector expected;
    expected.take(kept);
    REQUIRE(collector.everything() == expected.everything());
  }
}
