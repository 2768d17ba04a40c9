#include "collector/http/pixel_batch.hpp"

#include <algorithm>

#include "collector/http/url_text.hpp"
#include "collector/ingest/ingest.hpp"
#include "collector/ingest/tagged_json.hpp"

namespace desirepath::collector {

Result<std::string> pixel_batch(std::string_view query, std::size_t body_bytes_max) {
  const auto data = query_value(query, "data");
  // In a query an unescaped '+' has become a space.
  std::string text = data.value_or("");
  std::replace(text.begin(), text.end(), ' ', '+');
  const auto event = base64_decode(text);
  if (!data || !event) {
    return failure(ErrorCode::bad_request, "?data= must be an event in base64", "data");
  }
  const auto envelope = Ingest::read(*event, "", EventType::track, body_bytes_max);
  if (!envelope) return tl::make_unexpected(envelope.error());
  std::string batch = "{";
  if (!envelope->write_key.empty()) {
    batch += "\"writeKey\":";
    append_json_string(batch, envelope->write_key);
    batch += ',';
  }
  return batch.append("\"batch\":[").append(envelope->events.front()).append("]}");
}

}  // namespace desirepath::collector
