#include <string>

#include "collector/http/answers.hpp"
#include "collector/http/backlog_limit.hpp"
#include "collector/http/ingest_answer.hpp"
#include "collector/http/limits.hpp"
#include "collector/http/pixel_batch.hpp"
#include "collector/http/request_key.hpp"
#include "collector/http/routes.hpp"
#include "collector/http/url_text.hpp"
#include "collector/ingest/ingest.hpp"
#include "collector/profile/stored_event.hpp"

namespace desirepath::collector {
namespace {

// One transparent pixel.
constexpr unsigned char kPixel[] = {0x47, 0x49, 0x46, 0x38, 0x39, 0x61, 1, 0, 1, 0,    0x80, 0, 0,    0, 0,
                                    0,    0,    0,    0,    0x21, 0xf9, 4, 1, 0, 0,    0,    0, 0x2c, 0, 0,
                                    0,    0,    1,    0,    1,    0,    0, 2, 2, 0x44, 1,    0, 0x3b};

// The type of a call by the last part of its path, the whole word or, as one public client has it, its first
// letter; none for a batch.
std::optional<EventType> type_of_path(std::string_view path) {
  const std::string_view last = path.substr(path.rfind('/') + 1);
  for (const EventType type : {EventType::track, EventType::page, EventType::screen, EventType::identify,
                               EventType::group, EventType::alias}) {
    const std::string_view word = to_string(type);
    if (last == word || last == word.substr(0, 1)) return type;
  }
  return std::nullopt;
}

Result<IngestAnswer> take_in(Api& api, const HttpRequest& request, std::string_view body,
                             std::optional<EventType> type) {
  if (is_behind(api)) {
    return failure(ErrorCode::rate_limited, "too much waits to be folded; try again later");
  }
  const auto envelope =
      Ingest::read(body, request.content_encoding, type, api.ingest.options().body_bytes_max);
  if (!envelope) return tl::make_unexpected(envelope.error());
  const auto key = admit_sender(api, request, envelope->write_key);
  if (!key) return tl::make_unexpected(key.error());
  const Trust trust = key->kind == KeyKind::secret ? Trust::proved : Trust::claimed;
  // What a server sends as imported is past: nothing comes of it (fold/effect_gate.hpp).
  const bool is_import = trust == Trust::proved && query_value(request.query, "import") == "1";
  return api.ingest.accept(*envelope, Sender{is_import ? std::string(kImportSource) : key->source, trust,
                                             request.client_address, request.user_agent});
}

}  // namespace

HttpAnswer ingest_answer(Api& api, const Result<IngestAnswer>& answer) {
  if (!answer) return error_answer(answer.error());
  api.counters.count(*answer);
  return json_answer('{' + ingest_members(*answer) + '}');
}

HttpAnswer answer_ingest(Api& api, const HttpRequest& request) {
  return ingest_answer(api, take_in(api, request, request.body, type_of_path(request.path)));
}

HttpAnswer answer_pixel(Api& api, const HttpRequest& request) {
  const auto batch = pixel_batch(request.query, api.ingest.options().body_bytes_max);
  if (!batch) return error_answer(batch.error());
  HttpAnswer pixel = ingest_answer(api, take_in(api, request, *batch, std::nullopt));
  if (pixel.status != 200) return pixel;
  pixel.body.assign(std::begin(kPixel), std::end(kPixel));
  pixel.content_type = "image/gif";
  return pixel;
}

}  // namespace desirepath::collector
