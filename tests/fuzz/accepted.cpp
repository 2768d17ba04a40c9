#include "tests/fuzz/accepted.hpp"

#include <cstdio>
#include <cstdlib>

#include "collector/ingest/json_check.hpp"
#include "collector/ingest/json_mistake.hpp"
#include "collector/ingest/tagged_json.hpp"
#include "collector/ingest/timestamp.hpp"
#include "collector/journal/accepted_batch.hpp"
#include "sdk/engine/limits.hpp"

namespace desirepath::fuzz {

using namespace collector;

void fail(const char* what) {
  std::fprintf(stderr, "does not hold: %s\n", what);
  std::abort();
}

void require_sound(const AcceptedEvent& event, std::int64_t received_at_ms) {
  require(!find_json_mistake(event.json), "an accepted event is JSON");
  require(event.json.find_first_of("\r\n") == std::string::npos, "an accepted event is one line");
  require(event.timestamp_ms >= 0 && event.timestamp_ms <= received_at_ms, "it happened before it came");
  require(!event.message_id.empty() && event.message_id.size() <= kMessageIdBytesMax,
          "its id has its bounds");
  const auto tree = tagged_from_json(event.json);
  require(tree.has_value(), "an accepted event can be folded");
  const Value root = Value::read(tree->data());
  require(root.at("messageId").is_string() && root.at("messageId").text() == event.message_id,
          "the id is the one in the JSON");
  require(
      root.at("timestamp").is_string() && root.at("timestamp").text() == format_timestamp(event.timestamp_ms),
      "the time is the one in the JSON");

  const auto again =
      read_event(event.json, EventCircumstance{received_at_ms, std::nullopt, nullptr, 1u << 20});
  require(again.has_value(), "an accepted event is accepted again");
  require(again->event == event, "and is the same event");

  const AcceptedBatch batch{received_at_ms, "source", Trust::claimed, {event}};
  const auto decoded = decode_batch(encode(batch));
  require(decoded && *decoded == batch, "the journal gives back what it was given");
}

}  // namespace desirepath::fuzz
