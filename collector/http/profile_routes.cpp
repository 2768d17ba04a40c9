#include <string>

#include "collector/fold/journeys.hpp"
#include "collector/http/answers.hpp"
#include "collector/http/read_after.hpp"
#include "collector/http/request_key.hpp"
#include "collector/http/routes.hpp"
#include "collector/http/url_text.hpp"
#include "collector/reading/consent_log.hpp"
#include "collector/reading/profile_document.hpp"

namespace desirepath::collector {
namespace {

constexpr std::string_view kPrefix = "/v1/profiles/";

Result<std::string> read_part(Api& api, const HttpRequest& request, std::string_view type,
                              std::string_view value, std::string_view part) {
  if (part.empty()) {
    const auto as_of_ms = query_time(request, "as_of");
    if (!as_of_ms) return tl::make_unexpected(as_of_ms.error());
    return profile_json(api.profiles, api.engines, type, value, api.now_ms(), *as_of_ms);
  }
  if (part == "ledger") return ledger_json(api.profiles, *api.journeys.current(), type, value);
  if (part == "explain") {
    return explain_json(api.profiles, *api.journeys.current(), type, value,
                        query_value(request.query, "trigger").value_or(""),
                        query_value(request.query, "messageId").value_or(""), api.now_ms());
  }
  const auto limit = query_number(request, "limit", kAnswerEventsDefault);
  if (!limit) return tl::make_unexpected(limit.error());
  const std::size_t count = std::min<std::uint64_t>(*limit, kAnswerEventsMax);
  if (part == "events") return events_json(api.profiles, type, value, count);
  if (part == "history") {
    return history_json(api.profiles, api.engines, type, value, api.now_ms(), count);
  }
  if (part == "decisions") return decisions_json(api.profiles, type, value, count);
  if (part == "consent") return consent_json(api.profiles, *api.journeys.current(), type, value, count);
  return failure(ErrorCode::not_found,
                 "a profile has /events, /decisions, /history, /consent, /explain and /ledger");
}

Result<std::string> read_profile(Api& api, const HttpRequest& request) {
  const std::string_view rest = request.path.substr(kPrefix.size());
  const std::size_t slash = rest.find('/');
  const auto identifier = percent_decode(rest.substr(0, slash));
  const std::size_t colon = identifier ? identifier->find(':') : std::string::npos;
  if (colon == std::string::npos) {
    return failure(ErrorCode::bad_request, "name the profile as TYPE:VALUE, e.g. userId:42");
  }
  const std::string_view type = std::string_view(*identifier).substr(0, colon);
  const std::string_view value = std::string_view(*identifier).substr(colon + 1);
  if (auto seen = wait_for_cursor(api, request, type, value); !seen)
    return tl::make_unexpected(std::move(seen.error()));
  const std::string_view part = slash == std::string_view::npos ? std::string_view() : rest.substr(slash + 1);
  if (slash != std::string_view::npos && part.empty())
    return failure(ErrorCode::not_found, "there is nothing here");
  return read_part(api, request, type, value, part);
}

}  // namespace

HttpAnswer answer_profile(Api& api, const HttpRequest& request) {
  auto document = read_profile(api, request);
  if (!document) return error_answer(document.error());
  return json_answer(std::move(*document));
}

}  // namespace desirepath::collector
