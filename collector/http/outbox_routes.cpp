#include <algorithm>
#include <string>

#include "collector/http/answers.hpp"
#include "collector/http/read_after.hpp"
#include "collector/http/routes.hpp"
#include "collector/http/url_text.hpp"
#include "collector/reading/outbox_document.hpp"

namespace desirepath::collector {
namespace {

Result<std::string> read_outbox(Api& api, const HttpRequest& request) {
  std::optional<OutboxState> state;
  if (const auto word = query_value(request.query, "state")) {
    state = parse_outbox_state(*word);
    if (!state) {
      return failure(ErrorCode::bad_request,
                     "?state= is waiting, held, withdrawn, delivered, released or unknown", "state");
    }
  }
  const auto row = query_number(request, "row", 0);
  if (!row) return tl::make_unexpected(row.error());
  const auto limit = query_number(request, "limit", kOutboxAnswerDefault);
  if (!limit) return tl::make_unexpected(limit.error());
  if (auto seen = wait_for_cursor(api, request); !seen) return tl::make_unexpected(seen.error());
  return outbox_json(api.profiles, static_cast<std::int64_t>(std::min<std::uint64_t>(*row, INT64_MAX)), state,
                     std::min<std::uint64_t>(*limit, kOutboxAnswerMax));
}

}  // namespace

HttpAnswer answer_outbox(Api& api, const HttpRequest& request) {
  auto document = read_outbox(api, request);
  return document ? json_answer(*std::move(document)) : error_answer(document.error());
}

}  // namespace desirepath::collector
