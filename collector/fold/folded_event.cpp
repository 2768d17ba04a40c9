#include "collector/fold/folded_event.hpp"

#include "collector/ingest/tagged_json.hpp"
#include "collector/ingest/timestamp.hpp"

namespace desirepath::collector {
namespace {

std::string opened(std::string_view profile) {
  std::string json = "{\"profile\":";
  if (profile.empty()) {
    json += "null";
  } else {
    append_json_string(json, profile);
  }
  return json;
}

}  // namespace

std::string folded_event_json(std::string_view profile, const StoredEvent& event) {
  std::string json = opened(profile);
  json += ",\"receivedAt\":";
  append_json_string(json, format_timestamp(event.received_at_ms));
  json += ",\"source\":";
  append_json_string(json, event.source);
  json += event.trust == Trust::proved ? ",\"trust\":\"proved\"" : ",\"trust\":\"claimed\"";
  json += ",\"event\":";
  json += accepted_json(event);
  json += '}';
  return json;
}

std::string folded_stage_json(std::string_view profile, const StageMoveRecord& move) {
  std::string json = opened(profile);
  json += ",\"timestamp\":";
  append_json_string(json, format_timestamp(move.time_ms));
  json += ",\"from\":";
  if (move.from.empty()) {
    json += "null";
  } else {
    append_json_string(json, move.from);
  }
  json += ",\"to\":";
  if (move.to.empty()) {
    json += "null";
  } else {
    append_json_string(json, move.to);
  }
  json += ",\"journey\":";
  append_json_string(json, move.journey);
  json += ",\"messageId\":";
  append_json_string(json, move.message_id);
  json += '}';
  return json;
}

}  // namespace desirepath::collector
