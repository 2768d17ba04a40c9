#include "collector/fold/effect_fact.hpp"

#include <algorithm>

#include "collector/ingest/tagged_json.hpp"
#include "collector/ingest/timestamp.hpp"
#include "sdk/engine/limits.hpp"

namespace desirepath::collector {
namespace {

class Properties {
 public:
  Properties& add(std::string_view name, std::string_view text) {
    if (text.empty()) return *this;
    key(name);
    append_json_string(json_, text);
    return *this;
  }
  Properties& add(std::string_view name, bool value) {
    key(name);
    json_ += value ? "true" : "false";
    return *this;
  }
  std::string take() { return json_ + '}'; }

 private:
  void key(std::string_view name) {
    json_ += json_.size() > 1 ? "," : "";
    append_json_string(json_, name);
    json_ += ':';
  }
  std::string json_ = "{";
};

// An id as long as a sender's may be: what is cut off is told apart by its hash.
std::string message_id_of(std::string text) {
  if (text.size() <= kMessageIdBytesMax) return text;
  const std::string hash = '~' + std::to_string(message_hash(text));
  text.resize(kMessageIdBytesMax - hash.size());
  return text + hash;
}

Result<StoredEvent> make_fact(const StoredEvent& anchor, std::string_view name, std::string message_id,
                              std::int64_t time_ms, std::int64_t now_ms, const std::string& properties) {
  StoredEvent fact;
  fact.timestamp_ms = time_ms;
  fact.received_at_ms = now_ms;
  fact.message_id = message_id_of(std::move(message_id));
  fact.source = kCollectorSource;
  fact.trust = anchor.trust;
  std::string json = "{\"type\":\"track\",\"event\":";
  append_json_string(json, name);
  json += ",\"messageId\":";
  append_json_string(json, fact.message_id);
  json += ",\"timestamp\":\"" + format_timestamp(time_ms) + '"';
  for (const std::string_view id : {"anonymousId", "userId"}) {
    const Value value = anchor.value().at(id);
    if (!value.is_null()) json += ",\"" + std::string(id) + "\":" + json_from_tagged(value);
  }
  fact.json = std::move(json) + ",\"properties\":" + properties + '}';
  auto tree = tagged_from_json(fact.json);
  if (!tree) return tl::unexpected(tree.error());
  fact.tree = *std::move(tree);
  drop_rendered_json(fact);
  return fact;
}

std::string properties_of(const OutboxRow& row) {
  return Properties()
      .add("decisionId", row.decision_id)
      .add("trigger", row.trigger)
      .add("purpose", row.purpose)
      .add("promise", row.promise)
      .add("channel", row.channel)
      .add("treatment", row.treatment)
      .add("destination", row.destination)
      .take();
}

}  // namespace

Result<StoredEvent> reserved_fact(const StoredEvent& anchor, const OutboxRow& row, std::int64_t now_ms) {
  return make_fact(anchor, "Decision Reserved", row.decision_id, row.decided_ms, now_ms, properties_of(row));
}

Result<StoredEvent> released_fact(const StoredEvent& anchor, const OutboxRow& row, std::int64_t now_ms) {
  return make_fact(anchor, "Decision Released", row.decision_id + "~released",
                   std::max(now_ms, row.decided_ms), now_ms, properties_of(row));
}

Result<StoredEvent> assigned_fact(const StoredEvent& anchor, const AssignmentRecord& assignment,
                                  std::int64_t now_ms) {
  const std::string properties = Properties()
                                     .add("experiment", assignment.experiment)
                                     .add("treatment", assignment.treatment)
                                     .add("holdout", assignment.is_held_out)
                                     .add("unit", assignment.unit)
                                     .take();
  return make_fact(anchor, "Experiment Assigned", assignment.message_id + "~#" + assignment.experiment,
                   assignment.time_ms, now_ms, properties);
}

}  // namespace desirepath::collector
