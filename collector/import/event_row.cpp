#include "collector/import/event_row.hpp"

#include "collector/ingest/check_event.hpp"
#include "collector/ingest/limits.hpp"
#include "collector/ingest/tagged_json.hpp"
#include "sdk/engine/value.hpp"

namespace desirepath::collector {
namespace {

bool is_empty(const Value& value) {
  return value.is_null() || (value.is_string() && value.text().empty());
}

}  // namespace

Result<AcceptedEvent> accept_row(std::string json, std::string_view fallback_id, std::int64_t now_ms) {
  if (json.size() > kEventJsonBytesMax) {
    return failure(ErrorCode::too_large,
                   "the event is larger than " + std::to_string(kEventJsonBytesMax) + " bytes");
  }
  auto tree = tagged_from_json(json);
  if (!tree) return tl::unexpected(tree.error());
  const Value event = Value::read(tree->data());
  if (!event.is_object()) return failure(ErrorCode::bad_request, "an event must be an object");
  if (is_empty(event.at("timestamp")) && is_empty(event.at("originalTimestamp"))) {
    return failure(ErrorCode::bad_request, "the event does not say when it happened: it needs 'timestamp'");
  }
  if (is_empty(event.at("messageId"))) {
    // The last of repeated members counts.
    const std::size_t end = json.rfind('}');
    std::string member = event.count() == 0 ? "\"messageId\":" : ",\"messageId\":";
    append_json_string(member, fallback_id);
    json.insert(end, member);
  }
  auto checked = read_event(json, {now_ms, std::nullopt, nullptr});
  if (!checked) return failure(ErrorCode::bad_request, checked.error().message);
  return std::move(checked->event);
}

}  // namespace desirepath::collector
