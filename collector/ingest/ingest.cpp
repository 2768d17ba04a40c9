#include "collector/ingest/ingest.hpp"

#include <algorithm>
#include <random>

#include "collector/ingest/decode_body.hpp"
#include "collector/ingest/json_check.hpp"
#include "collector/ingest/message_id.hpp"
#include "sdk/engine/limits.hpp"

namespace desirepath::collector {
namespace {

std::uint64_t random_seed() {
  std::random_device device;
  return (static_cast<std::uint64_t>(device()) << 32) | device();
}

std::string text_of(const RawObject& object, std::string_view name) {
  const RawMember* member = object.find(name);
  return member != nullptr && is_string(member->value) ? unescape_json(member->value) : std::string();
}

// What is kept of an event that was not accepted.
RejectedEvent kept(std::string_view json, const EventMistake& mistake,
                   const EventCircumstance& circumstance) {
  RejectedEvent event{to_string(mistake.code), mistake.message, mistake.field, {}, {}, std::string(json)};
  const auto object = cut_object(json);
  if (object && is_plain_json(event.json)) {
    event.event = text_of(*object, "event");
    if (event.event.empty()) event.event = text_of(*object, "type");
    if (event.event.size() > kEventNameBytesMax) event.event.clear();
    event.message_id = text_of(*object, "messageId");
    event.json = spelled_out(*object, circumstance.type, *circumstance.shared);
  }
  if (event.message_id.empty() || mistake.code == RejectCode::bad_message_id ||
      event.message_id.size() > kMessageIdBytesMax) {
    event.message_id = mint_message_id(circumstance.received_at_ms);
  }
  return event;
}

tl::unexpected<Error> not_noted(const DeviceClocks& clocks) {
  return failure(ErrorCode::not_durable, "a device's clock could not be noted: " + clocks.failed()->message);
}

constexpr const char* kErasedMessage = "the person was erased after this happened; send nothing of before";
constexpr const char* kExpiredMessage = "this happened longer ago than events are kept here";
constexpr const char* kDeniedMessage =
    "the sender's consent denies what this collector asks for; send the choice itself as Segment Consent "
    "Preference Updated";

}  // namespace

Ingest::Ingest(Journal& journal, std::function<std::int64_t()> now_ms, IngestParts parts)
    : journal_(journal), now_ms_(std::move(now_ms)), parts_(std::move(parts)), recent_(random_seed()) {}

Result<Envelope> Ingest::read(std::string_view body, std::string_view content_encoding,
                              std::optional<EventType> type, std::size_t body_bytes_max) {
  auto text = decode_body(body, content_encoding, body_bytes_max);
  if (!text) return tl::make_unexpected(std::move(text.error()));
  return open_envelope(std::move(*text), type);
}

void Ingest::use_plan(std::shared_ptr<const TrackingPlan> plan) {
  const std::lock_guard lock(plan_mutex_);
  plan_ = std::move(plan);
}

std::shared_ptr<const TrackingPlan> Ingest::plan() const {
  const std::lock_guard lock(plan_mutex_);
  return plan_;
}

std::optional<EventMistake> Ingest::refusal(const AcceptedEvent& event, std::int64_t received_at_ms) const {
  const auto retention_ms = parts_.options.retention.count();
  if (retention_ms > 0 && std::min(event.timestamp_ms, received_at_ms) < now_ms_() - retention_ms) {
    return EventMistake{RejectCode::expired, kExpiredMessage, "timestamp"};
  }
  if (parts_.is_erased && parts_.is_erased(event, received_at_ms)) {
    return EventMistake{RejectCode::erased, kErasedMessage};
  }
  const std::string& category = parts_.options.consent_required;
  if (!category.empty() && parts_.is_denied && parts_.is_denied(category, event)) {
    return EventMistake{RejectCode::consent, kDeniedMessage, "context.consent"};
  }
  return std::nullopt;
}

Result<IngestAnswer> Ingest::accept(const Envelope& envelope, const Sender& sender) {
  IngestAnswer answer;
  AcceptedBatch batch{now_ms_(), sender.source, sender.trust, {}};
  batch.events.reserve(envelope.events.size());
  const auto plan_now = plan();
  ServerContext server(sender, parts_.options.address, parts_.geo);
  DeviceClocks clocks(parts_.clocks, batch.received_at_ms);
  EventCircumstance circumstance{batch.received_at_ms, envelope.type, &envelope.shared};
  circumstance.event_bytes_max = parts_.options.event_bytes_max;
  circumstance.drop_bots = parts_.options.drop_bots;
  circumstance.server = &server;
  circumstance.clocks = sender.trust == Trust::claimed ? &clocks : nullptr;
  circumstance.plan = plan_now.get();
  std::vector<std::uint64_t> keys;
  keys.reserve(envelope.events.size());
  for (std::size_t i = 0; i < envelope.events.size(); ++i) {
    auto checked = envelope.plain ? check_event(envelope.events[i], circumstance)
                                  : read_event(std::string(envelope.events[i]), circumstance);
    if (!checked) {
      EventMistake& mistake = checked.error();
      if (mistake.code != RejectCode::bot) {
        batch.rejected.push_back(kept(envelope.events[i], mistake, circumstance));
      }
      answer.rejected.push_back({i, mistake.code, std::move(mistake.message), std::move(mistake.field)});
      continue;
    }
    if (auto refused = refusal(checked->event, batch.received_at_ms)) {
      answer.rejected.push_back({i, refused->code, std::move(refused->message), std::move(refused->field)});
      continue;
    }
    if (checked->warning) {
      answer.warnings.push_back(
          {i, RejectCode::plan, std::move(checked->warning->message), std::move(checked->warning->field)});
    }
    keys.push_back(recent_.key(checked->stream, checked->event.message_id));
    batch.events.push_back(std::move(checked->event));
  }
  if (clocks.failed()) {
    return failure(ErrorCode::not_durable,
                   "a device's clock could not be noted: " + clocks.failed()->message);
  }
  return append(batch, std::move(answer), keys);
}

Result<IngestAnswer> Ingest::accept_again(const std::vector<RejectedAgain>& events, const Sender& sender,
                                          std::int64_t received_at_ms) {
  IngestAnswer answer;
  AcceptedBatch batch{received_at_ms, sender.source, sender.trust, {}};
  const auto plan_now = plan();
  ServerContext server(sender, parts_.options.address, parts_.geo);
  DeviceClocks clocks(parts_.clocks, received_at_ms);
  EventCircumstance circumstance;
  circumstance.received_at_ms = received_at_ms;
  circumstance.clocks = sender.trust == Trust::claimed ? &clocks : nullptr;
  circumstance.event_bytes_max = parts_.options.event_bytes_max;
  circumstance.drop_bots = parts_.options.drop_bots;
  circumstance.server = &server;
  circumstance.plan = plan_now.get();
  std::vector<std::uint64_t> keys;
  for (std::size_t i = 0; i < events.size(); ++i) {
    circumstance.message_id = events[i].message_id;
    auto checked = read_event(std::string(events[i].json), circumstance);
    if (!checked) {
      EventMistake& mistake = checked.error();
      answer.rejected.push_back({i, mistake.code, std::move(mistake.message), std::move(mistake.field)});
      continue;
    }
    if (auto refused = refusal(checked->event, batch.received_at_ms)) {
      answer.rejected.push_back({i, refused->code, std::move(refused->message), std::move(refused->field)});
      continue;
    }
    keys.push_back(recent_.key(checked->stream, checked->event.message_id));
    batch.events.push_back(std::move(checked->event));
    batch.marks.push_back({events[i].id, RejectedMark::Fate::replayed, now_ms_()});
  }
  if (clocks.failed()) return not_noted(clocks);
  return append(batch, std::move(answer), keys);
}

Result<IngestAnswer> Ingest::append(const AcceptedBatch& batch, IngestAnswer answer,
                                    const std::vector<std::uint64_t>& keys) {
  answer.duplicates = recent_.count_known(keys);
  answer.accepted = keys.size() - answer.duplicates;
  const auto cursor = journal_.append(batch);
  if (!cursor) return tl::make_unexpected(cursor.error());
  recent_.add(keys);
  answer.cursor = *cursor;
  return answer;
}

}  // namespace desirepath::collector
