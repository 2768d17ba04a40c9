#include "collector/ingest/ingest.hpp"

#include <random>

#include "collector/ingest/decode_body.hpp"

namespace desirepath::collector {
namespace {

std::uint64_t random_seed() {
  std::random_device device;
  return (static_cast<std::uint64_t>(device()) << 32) | device();
}

}  // namespace

Ingest::Ingest(Journal& journal, std::function<std::int64_t()> now_ms)
    : journal_(journal), now_ms_(std::move(now_ms)), recent_(random_seed()) {}

Result<Envelope> Ingest::read(std::string_view body, std::string_view content_encoding,
                              std::optional<EventType> type) {
  auto text = decode_body(body, content_encoding);
  if (!text) return tl::make_unexpected(std::move(text.error()));
  return open_envelope(std::move(*text), type);
}

Result<IngestAnswer> Ingest::accept(const Envelope& envelope, const Sender& sender) {
  IngestAnswer answer;
  AcceptedBatch batch{now_ms_(), sender.source, sender.trust, {}};
  batch.events.reserve(envelope.events.size());
  const EventCircumstance circumstance{batch.received_at_ms, envelope.type, &envelope.shared};
  std::vector<std::uint64_t> keys;
  keys.reserve(envelope.events.size());
  for (std::size_t i = 0; i < envelope.events.size(); ++i) {
    auto checked = envelope.plain ? check_event(envelope.events[i], circumstance)
                                  : read_event(std::string(envelope.events[i]), circumstance);
    if (!checked) {
      answer.rejected.push_back(Rejection{i, checked.error().code, std::move(checked.error().message)});
      continue;
    }
    keys.push_back(recent_.key(checked->stream, checked->event.message_id));
    batch.events.push_back(std::move(checked->event));
  }
  answer.duplicates = recent_.count_known(keys);
  answer.accepted = keys.size() - answer.duplicates;
  const auto cursor = journal_.append(batch);
  if (!cursor) return tl::make_unexpected(cursor.error());
  recent_.add(keys);
  answer.cursor = *cursor;
  return answer;
}

}  // namespace desirepath::collector
