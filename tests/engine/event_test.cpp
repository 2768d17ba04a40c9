#include "sdk/engine/event.hpp"

#include <doctest/doctest.h>

#include <random>

#include "sdk/engine/bytes.hpp"
#include "tests/journey_fixture.hpp"

using namespace desirepath;
using namespace desirepath::tests;

namespace {

template <typename T>
void append(std::vector<std::uint8_t>& bytes, T value) {
  bytes.resize(bytes.size() + sizeof value);
  store(&bytes[bytes.size() - sizeof value], value);
}

void append_text(std::vector<std::uint8_t>& bytes, std::string_view text) {
  append(bytes, static_cast<std::uint32_t>(text.size()));
  bytes.insert(bytes.end(), text.begin(), text.end());
}

// The record of sdk/wasm/ABI.md with one text for each given fact.
std::vector<std::uint8_t> record(std::int64_t time_ms, std::string_view name,
                                 const std::vector<std::pair<std::uint32_t, std::string>>& facts) {
  std::vector<std::uint8_t> bytes;
  append(bytes, time_ms);
  append(bytes, std::uint32_t{1});
  append(bytes, static_cast<std::uint32_t>(facts.size()));
  append_text(bytes, "m1");
  append_text(bytes, name);
  for (const auto& [index, text] : facts) {
    append(bytes, index);
    ValueWriter writer;
    writer.string(text);
    bytes.insert(bytes.end(), writer.bytes().begin(), writer.bytes().end());
  }
  return bytes;
}

std::uint32_t fact_index(const Program& program, std::string_view path) {
  for (std::uint32_t i = 0; i < program.facts().size(); ++i) {
    if (program.string(program.facts()[i].path) == path) return i;
  }
  FAIL("no such fact");
  return 0;
}

constexpr const char* kJourney =
    R"("triggers":[{"id":"t","event":"E","when":{"properties.c":"blue","context.page.path":"/x"},"do":[{"channel":"web","slot":"s"}]}])";

}  // namespace

TEST_CASE("a record and a tree of the same event bind the same facts") {
  Profile profile(kJourney);
  const Program& program = profile.program();
  const std::uint32_t colour = fact_index(program, "properties.c");
  const auto bytes = record(kStart, "E", {{colour, "blue"}});
  std::vector<Value> facts(program.facts().size());
  const DecodedEvent decoded = decode_event_record(program, bytes, facts);
  REQUIRE(decoded.error == EventError::none);
  CHECK(decoded.event.name == "E");
  CHECK(decoded.event.message_id == "m1");
  CHECK(decoded.event.facts[colour].text() == "blue");

  std::vector<Value> bound(program.facts().size());
  const auto tree = event_tree("properties", {{"c", "blue"}, {"unread", 1.0}});
  bind_facts(program, Value::read(tree.data()), EventType::track, bound);
  for (std::size_t i = 0; i < facts.size(); ++i) CHECK(Value::equal(facts[i], bound[i]));
}

TEST_CASE("traits are facts of an identify alone") {
  Profile profile(
      R"("triggers":[{"id":"t","event":"E","when":{"traits.plan":"gold"},"do":[{"channel":"web","slot":"s"}]}])");
  const auto tree = event_tree("traits", {{"plan", "gold"}});
  profile.send(kStart, "1", EventType::track, "E", tree);
  CHECK(profile.track(kStart, "2", "E") == "");
  profile.send(kStart, "3", EventType::identify, "identify", tree);
  CHECK(profile.track(kStart, "4", "E") == "t:fired");
}

TEST_CASE("hostile records are refused or bind valid facts") {
  Profile profile(kJourney);
  const Program& program = profile.program();
  const auto good =
      record(kStart, "E",
             {{fact_index(program, "properties.c"), "blue"}, {fact_index(program, "context.page"), "p"}});
  std::vector<Value> facts(program.facts().size());
  for (std::size_t size = 0; size < good.size(); ++size) {
    REQUIRE(decode_event_record(program, {good.data(), size}, facts).error == EventError::malformed);
  }
  auto twice = record(kStart, "E", {{0, "a"}, {0, "b"}});
  CHECK(decode_event_record(program, twice, facts).error == EventError::malformed);
  auto beyond = record(kStart, "E", {{static_cast<std::uint32_t>(facts.size()), "a"}});
  CHECK(decode_event_record(program, beyond, facts).error == EventError::malformed);

  std::mt19937 random(5);
  for (int round = 0; round < 20000; ++round) {
    auto bytes = good;
    for (int i = 0; i < 1 + round % 4; ++i)
      bytes[random() % bytes.size()] = static_cast<std::uint8_t>(random());
    const DecodedEvent decoded = decode_event_record(program, bytes, facts);
    if (decoded.error != EventError::none) continue;
    profile.state().reset();
    Outcome outcome = profile.host().outcome();
    REQUIRE(step(program, profile.state(), decoded.event, Effects::at_once, outcome) == StepError::none);
  }
}
