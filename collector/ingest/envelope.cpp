#include "collector/ingest/envelope.hpp"

#include "collector/ingest/json_check.hpp"
#include "collector/ingest/json_mistake.hpp"
#include "collector/ingest/limits.hpp"
#include "collector/ingest/tagged_json.hpp"
#include "sdk/engine/limits.hpp"

namespace desirepath::collector {
namespace {

tl::unexpected<Error> not_json(std::string_view text) {
  const auto mistake = find_json_mistake(text);
  return failure(ErrorCode::not_json,
                 mistake ? describe(*mistake) : "the body holds a number that is too large");
}

// The raw value of a member; empty where it is absent or null.
std::string_view value_of(const RawObject& object, std::string_view name) {
  const RawMember* member = object.find(name);
  return member == nullptr || is_null(member->value) ? std::string_view() : member->value;
}

// Whether everything around the events is JSON.
Result<void> check_around(const std::string& text, std::string_view batch) {
  const auto begin = static_cast<std::size_t>(batch.data() - text.data());
  const std::string around = text.substr(0, begin) + "[]" + text.substr(begin + batch.size());
  if (is_plain_json(around)) return {};
  if (const auto mistake = find_json_mistake(around)) {
    // Told where it is in the text that came.
    if (mistake->offset < begin) return failure(ErrorCode::not_json, describe(*mistake));
    const std::string blank(batch.size() > 2 ? batch.size() - 2 : 0, ' ');
    return not_json(text.substr(0, begin) + "[" + blank + "]" + text.substr(begin + batch.size()));
  }
  const auto tagged = tagged_from_json(around);
  if (!tagged) return tl::make_unexpected(tagged.error());
  return {};
}

Result<void> read_shared(Envelope& envelope, const RawObject& body) {
  envelope.shared.anonymous_id = value_of(body, "anonymousId");
  envelope.shared.user_id = value_of(body, "userId");
  envelope.shared.sent_at = value_of(body, "sentAt");
  envelope.shared.context = value_of(body, "context");
  if (envelope.shared.context.empty()) return {};
  auto members = cut_object(envelope.shared.context);
  if (!members) return failure(ErrorCode::bad_request, "'context' must be an object", "context");
  if (members->depth >= kValueDepthMax) {
    return failure(ErrorCode::bad_request,
                   "'context' is nested deeper than " + std::to_string(kValueDepthMax), "context");
  }
  envelope.shared.context_members = std::move(*members);
  return {};
}

Result<void> read_batch(Envelope& envelope, const RawObject& body) {
  const std::string_view batch = value_of(body, "batch");
  auto events = cut_array(batch);
  if (!events) {
    if (!envelope.plain && find_json_mistake(*envelope.text)) return not_json(*envelope.text);
    return failure(ErrorCode::bad_request, "'batch' must be an array of events", "batch");
  }
  if (!envelope.plain) {
    if (auto around = check_around(*envelope.text, batch); !around) return around;
  }
  if (events->size() > kBatchEventsMax) {
    return failure(ErrorCode::too_large,
                   "more than " + std::to_string(kBatchEventsMax) + " events in one batch", "batch");
  }
  envelope.events = std::move(*events);
  return read_shared(envelope, body);
}

}  // namespace

Result<Envelope> open_envelope(std::string text, std::optional<EventType> type) {
  Envelope envelope;
  envelope.text = std::make_unique<const std::string>(std::move(text));
  envelope.type = type;
  envelope.plain = is_plain_json(*envelope.text);
  const auto body = cut_object(*envelope.text);
  if (!body) {
    if (!envelope.plain) return not_json(*envelope.text);
    return failure(ErrorCode::bad_request, "the body must be an object");
  }
  if (type) {
    if (!envelope.plain && find_json_mistake(*envelope.text)) return not_json(*envelope.text);
    envelope.events = {trim_json(*envelope.text)};
  } else if (auto read = read_batch(envelope, *body); !read) {
    return tl::make_unexpected(std::move(read.error()));
  }
  const std::string_view key = value_of(*body, "writeKey");
  if (is_string(key)) envelope.write_key = unescape_json(key);
  return envelope;
}

}  // namespace desirepath::collector
