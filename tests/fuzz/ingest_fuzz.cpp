// A byte of how, then a request's body: the lowest three bits say which call, the next that it is sent
// gzipped, the next that it is called gzip whatever it is. Accepted events are sound, gzip changes nothing,
// and what one event is told does not depend on its neighbours.
#include <zlib.h>

#include <optional>
#include <string>

#include "collector/ingest/envelope.hpp"
#include "collector/ingest/ingest.hpp"
#include "collector/ingest/limits.hpp"
#include "tests/fuzz/accepted.hpp"

using namespace desirepath;
using namespace desirepath::collector;

namespace {

constexpr std::int64_t kNowMs = 1'800'000'000'000;

std::string gzipped(std::string_view text) {
  z_stream stream{};
  fuzz::require(deflateInit2(&stream, 1, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK, "zlib works");
  std::string bytes(deflateBound(&stream, text.size()) + 32, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(bytes.data());
  stream.avail_out = static_cast<uInt>(bytes.size());
  fuzz::require(deflate(&stream, Z_FINISH) == Z_STREAM_END, "zlib works");
  bytes.resize(stream.total_out);
  deflateEnd(&stream);
  return bytes;
}

std::optional<EventType> type_of(std::uint8_t how) {
  constexpr EventType kTypes[] = {EventType::track,    EventType::page,  EventType::screen,
                                  EventType::identify, EventType::group, EventType::alias};
  const std::size_t index = how & 7u;
  return index < std::size(kTypes) ? std::optional(kTypes[index]) : std::nullopt;
}

// An id is given, so that none is minted.
EventCircumstance circumstance_of(const Envelope& envelope) {
  EventCircumstance circumstance{kNowMs, envelope.type, &envelope.shared};
  circumstance.message_id = "given";
  return circumstance;
}

using Verdict = tl::expected<CheckedEvent, EventMistake>;

Verdict verdict_of(const Envelope& envelope, std::string_view raw) {
  const EventCircumstance circumstance = circumstance_of(envelope);
  return envelope.plain ? check_event(raw, circumstance) : read_event(std::string(raw), circumstance);
}

void check_alone(const Envelope& envelope, std::string_view raw, const Verdict& verdict) {
  const auto alone = read_event(std::string(raw), circumstance_of(envelope));
  fuzz::require(alone.has_value() == verdict.has_value(),
                "the verdict on an event does not depend on others");
  if (!verdict) return fuzz::require(alone.error().code == verdict.error().code, "nor does its reason");
  fuzz::require(alone->event == verdict->event, "nor what is stored");
  fuzz::require(alone->stream == verdict->stream, "nor its stream");
}

// The event between two that are good: they are stored, whatever it is.
void check_neighbours(std::string_view raw) {
  constexpr std::string_view kGood = R"({"type":"page","anonymousId":"a"})";
  const std::string batch =
      "{\"batch\":[" + std::string(kGood) + ',' + std::string(raw) + ',' + std::string(kGood) + "]}";
  const auto envelope = open_envelope(batch, std::nullopt);
  fuzz::require(envelope.has_value(), "an event that was cut out can be put in again");
  fuzz::require(envelope->events.size() == 3, "as one event");
  for (const std::size_t i : {0u, 2u}) {
    fuzz::require(verdict_of(*envelope, envelope->events[i]).has_value(),
                  "a poisoned event spoils itself alone");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::uint8_t how = data[0];
  const std::string body(reinterpret_cast<const char*>(data + 1), size - 1);
  const auto envelope = Ingest::read(body, (how & 16u) != 0 ? "gzip" : "", type_of(how));
  if ((how & 8u) != 0 && (how & 16u) == 0) {
    const auto packed = Ingest::read(gzipped(body), "gzip", type_of(how));
    const bool is_packed_itself = body.starts_with("\x1f\x8b\x08");
    fuzz::require(is_packed_itself || packed.has_value() == envelope.has_value(), "gzip changes nothing");
    if (packed && envelope) fuzz::require(packed->events == envelope->events, "gzip changes no event");
  }
  if (!envelope) {
    fuzz::require(!envelope.error().message.empty(), "a refusal says why");
    return 0;
  }
  for (const std::string_view raw : envelope->events) {
    const Verdict verdict = verdict_of(*envelope, raw);
    check_alone(*envelope, raw, verdict);
    if (verdict) fuzz::require_sound(verdict->event, kNowMs);
    if (!verdict) fuzz::require(!verdict.error().message.empty(), "a rejection says why");
  }
  if (!envelope->type && envelope->events.size() == 1) check_neighbours(envelope->events.front());
  return 0;
}
