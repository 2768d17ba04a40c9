#include <charconv>
#include <string>

#include "collector/fold/fold.hpp"
#include "collector/http/answers.hpp"
#include "collector/http/limits.hpp"
#include "collector/http/read_after.hpp"
#include "collector/http/routes.hpp"
#include "collector/http/url_text.hpp"
#include "collector/ingest/decode_body.hpp"
#include "collector/ingest/json_check.hpp"
#include "collector/ingest/json_mistake.hpp"
#include "collector/ingest/tagged_json.hpp"
#include "collector/rejected/limits.hpp"
#include "collector/rejected/rejected_desk.hpp"

namespace desirepath::collector {
namespace {

RejectedDesk desk_of(Api& api) {
  const auto catch_up = [&api]() -> Result<void> {
    if (api.fold.wait_for(api.journal.head(), kWaitMax)) return {};
    return failure(ErrorCode::behind, "the fold has not caught up; try again later");
  };
  return {api.journal, api.ingest, api.profiles, catch_up, api.now_ms};
}

Result<std::string> list_rejected(Api& api, const HttpRequest& request) {
  const auto limit = query_number(request, "limit", 100);
  if (!limit) return tl::make_unexpected(limit.error());
  const auto from = query_number(request, "from", 0);
  if (!from) return tl::make_unexpected(from.error());
  const auto since = query_time(request, "since");
  if (!since) return tl::make_unexpected(since.error());
  if (auto seen = wait_for_cursor(api, request); !seen) return tl::make_unexpected(std::move(seen.error()));
  RejectedFilter filter;
  filter.code = query_value(request.query, "code").value_or("");
  filter.event = query_value(request.query, "event").value_or("");
  filter.source = query_value(request.query, "source").value_or("");
  filter.since_ms = since->value_or(0);
  filter.with_settled = query_value(request.query, "all").has_value();
  auto snapshot = api.profiles.snapshot();
  if (!snapshot) return tl::make_unexpected(snapshot.error());
  const std::size_t count = std::min<std::uint64_t>(std::max<std::uint64_t>(*limit, 1), kReplaysMax);
  const auto records = (*snapshot)->rejected().list(filter, static_cast<std::int64_t>(*from), count);
  if (!records) return tl::make_unexpected(records.error());
  std::string body = "{\"rejected\":[";
  for (const RejectedRecord& record : *records) {
    if (body.back() == '}') body += ',';
    body += rejected_json(record);
  }
  body += "],\"next\":";
  return body + (records->size() == count ? std::to_string(records->back().id) : "null") + '}';
}

// What a body of this path says: {"ids":[…],"events":[{"id","event"}]}.
struct Named {
  std::vector<std::int64_t> ids;
  std::vector<ReplayWish> mended;
};

Result<Named> read_named(Api& api, const HttpRequest& request) {
  auto text = decode_body(request.body, request.content_encoding, api.ingest.options().body_bytes_max);
  if (!text) return tl::make_unexpected(text.error());
  if (!is_plain_json(*text)) {
    const auto mistake = find_json_mistake(*text);
    return failure(ErrorCode::not_json, mistake ? describe(*mistake) : "the body is nested too deep");
  }
  const auto body = cut_object(*text);
  const RawMember* ids = body ? body->find("ids") : nullptr;
  const RawMember* events = body ? body->find("events") : nullptr;
  if (ids == nullptr && events == nullptr) {
    return failure(ErrorCode::bad_request,
                   "name the events: {\"ids\":[7]}, or mended: "
                   "{\"events\":[{\"id\":7,\"event\":{…}}]}");
  }
  Named named;
  const auto id_list =
      ids == nullptr ? std::optional(std::vector<std::string_view>()) : cut_array(ids->value);
  if (!id_list) return failure(ErrorCode::bad_request, "'ids' must be a list of numbers", "ids");
  for (const std::string_view raw : *id_list) {
    std::int64_t id = 0;
    const auto parsed = std::from_chars(raw.data(), raw.data() + raw.size(), id);
    if (parsed.ec != std::errc() || parsed.ptr != raw.data() + raw.size()) {
      return failure(ErrorCode::bad_request, "'ids' must be a list of numbers", "ids");
    }
    named.ids.push_back(id);
  }
  const auto event_list =
      events == nullptr ? std::optional(std::vector<std::string_view>()) : cut_array(events->value);
  if (!event_list) return failure(ErrorCode::bad_request, "'events' must be a list", "events");
  for (const std::string_view raw : *event_list) {
    auto wish = replay_wish(std::string(raw));
    if (!wish) return tl::make_unexpected(wish.error());
    named.mended.push_back(std::move(*wish));
  }
  return named;
}

std::string list_of(const std::vector<std::int64_t>& ids) {
  std::string text = "[";
  for (const std::int64_t id : ids) text += (text.size() > 1 ? "," : "") + std::to_string(id);
  return text + ']';
}

std::string replay_body(const ReplayAnswer& answer) {
  std::string body = "{\"replayed\":" + list_of(answer.replayed) + ",\"skipped\":" + list_of(answer.skipped) +
                     ",\"rejected\":[";
  for (const ReplayAnswer::StillRejected& still : answer.rejected) {
    body += (body.back() == '[' ? "{\"id\":" : ",{\"id\":") + std::to_string(still.id);
    body.append(",\"code\":\"").append(to_string(still.why.code)).append("\",\"message\":");
    append_json_string(body, still.why.message);
    if (!still.why.field.empty()) {
      body += ",\"field\":";
      append_json_string(body, still.why.field);
    }
    body += '}';
  }
  return body + "],\"cursor\":\"" + std::to_string(answer.cursor.position) + "\"}";
}

}  // namespace

HttpAnswer answer_rejected(Api& api, const HttpRequest& request) {
  auto body = list_rejected(api, request);
  return body ? json_answer(std::move(*body)) : error_answer(body.error());
}

HttpAnswer answer_replay_rejected(Api& api, const HttpRequest& request) {
  auto named = read_named(api, request);
  if (!named) return error_answer(named.error());
  std::vector<ReplayWish> wishes = std::move(named->mended);
  for (const std::int64_t id : named->ids) wishes.push_back({id, {}});
  const auto answer = desk_of(api).replay(wishes);
  return answer ? json_answer(replay_body(*answer)) : error_answer(answer.error());
}

HttpAnswer answer_discard_rejected(Api& api, const HttpRequest& request) {
  const auto named = read_named(api, request);
  if (!named) return error_answer(named.error());
  const auto discarded = desk_of(api).discard(named->ids);
  return discarded ? json_answer("{\"discarded\":" + std::to_string(*discarded) + "}")
                   : error_answer(discarded.error());
}

}  // namespace desirepath::collector
