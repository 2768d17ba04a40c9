#include "collector/profile/stored_event.hpp"

#include <doctest/doctest.h>

#include "collector/ingest/tagged_json.hpp"
#include "collector/profile/event_chunk.hpp"

using namespace desirepath::collector;
using desirepath::Value;

namespace {

bool same(const char* one, const char* other) {
  const auto first = tagged_from_json(one).value();
  const auto second = tagged_from_json(other).value();
  const bool agree = same_event(Value::read(first.data()), Value::read(second.data()));
  CHECK(same_event(Value::read(second.data()), Value::read(first.data())) == agree);
  return agree;
}

}  // namespace

TEST_CASE("stored event: copies differ in what was said, not in how it came") {
  CHECK(same(R"({"a":1,"sentAt":"x","receivedAt":1})", R"({"sentAt":"y","a":1})"));
  CHECK_FALSE(same(R"({"a":1})", R"({"a":2})"));
  CHECK_FALSE(same(R"({"a":1})", R"({"a":1,"b":null})"));
  // What the collector knows of a request: another address, another browser that retries.
  CHECK(same(R"({"context":{"locale":"de","server":{"ip":"203.0.113.0"}}})",
             R"({"context":{"server":{"ip":"198.51.100.0","bot":true},"locale":"de","sentAt":7}})"));
  CHECK(same(R"({"a":1})", R"({"a":1,"context":{"server":{"ip":"203.0.113.0"}}})"));
  CHECK_FALSE(same(R"({"context":{"locale":"de"}})", R"({"context":{"locale":"en"}})"));
  CHECK_FALSE(same(R"({"a":1})", R"({"a":1,"context":{"locale":"de"}})"));
}

TEST_CASE("stored event: a time the collector set right is the sender's all the same") {
  CHECK(same(R"({"timestamp":"T2","originalTimestamp":"T1"})",
             R"({"timestamp":"T3","originalTimestamp":"T1"})"));
  CHECK(same(R"({"timestamp":"T2","originalTimestamp":"T1"})", R"({"timestamp":"T1"})"));
  CHECK_FALSE(same(R"({"timestamp":"T1"})", R"({"timestamp":"T2"})"));
  CHECK_FALSE(same(R"({"timestamp":"T1","originalTimestamp":"T3"})", R"({"timestamp":"T1"})"));
}

TEST_CASE("stored event: the JSON is let go of where the tree renders to it, and comes back byte by byte") {
  struct Case {
    const char* json;
    bool is_rendered;
  };
  constexpr Case kCases[] = {
      {R"({"type":"page","n":119.5,"on":true,"none":null,"list":[1,-2,{"a":"ü \" \\ \u0001\n"}],"empty":{}})",
       true},
      {R"({"text":"","last":[]})", true},
      {R"({"spaced": 1})", false},
      {R"({"n":1.0})", false},
      {R"({"n":1e21})", false},
      {R"({"n":-0})", false},
      {R"({"n":12345678901234567890})", false},
      {R"({"escaped":"\u00fc"})", false},
      {R"({"slash":"\/"})", false},
      {R"({"twice":1,"twice":2})", false},
  };
  for (const Case& one : kCases) {
    CAPTURE(one.json);
    StoredEvent event;
    event.message_id = "m";
    event.json = one.json;
    event.tree = *tagged_from_json(event.json);
    drop_rendered_json(event);
    CHECK(event.is_rendered == one.is_rendered);
    CHECK(event.json.empty() == one.is_rendered);
    CHECK(accepted_json(event) == one.json);

    const EncodedChunk chunk = ChunkCodec().encode({&event, 1});
    auto decoded = ChunkCodec::decode(chunk.events);
    REQUIRE(decoded);
    REQUIRE(ChunkCodec::add_json(chunk.json, *decoded));
    CHECK(decoded->front().json == one.json);
    CHECK(decoded->front().is_rendered == one.is_rendered);
    // Read and written again, as where a strand is put in order, it stays as small.
    CHECK(ChunkCodec().encode({&decoded->front(), 1}).json == chunk.json);
  }
}
