#include <algorithm>
#include <string>

#include "collector/fold/journeys.hpp"
#include "collector/http/answers.hpp"
#include "collector/http/limits.hpp"
#include "collector/http/read_after.hpp"
#include "collector/http/routes.hpp"
#include "collector/http/url_text.hpp"
#include "collector/ingest/tagged_json.hpp"
#include "collector/reading/audience_preview.hpp"

namespace desirepath::collector {
namespace {

constexpr std::string_view kAudiences = "/v1/audiences/";
constexpr std::string_view kPreview = "/preview";

HttpAnswer answer_of(Result<std::string> document) {
  if (!document) return error_answer(document.error());
  return json_answer(std::move(*document));
}

PreviewLimits limits_of(std::uint64_t sample) {
  return {std::min<std::size_t>(sample, kSearchProfilesMax), kSearchBudget};
}

Result<std::string> search(Api& api, const HttpRequest& request) {
  const auto limit = query_number(request, "limit", kSearchProfilesDefault);
  if (!limit) return tl::make_unexpected(limit.error());
  if (auto seen = wait_for_cursor(api, request); !seen) return tl::make_unexpected(seen.error());
  const std::size_t count = std::clamp<std::size_t>(*limit, 1, kSearchProfilesMax);
  return search_profiles(api.profiles, *api.journeys.current(),
                         query_value(request.query, "where").value_or("{}"),
                         query_value(request.query, "from").value_or(""), api.now_ms(), count, kSearchBudget);
}

Result<std::string> preview_declared(Api& api, const HttpRequest& request) {
  std::string_view id = request.path.substr(kAudiences.size());
  const auto name =
      id.ends_with(kPreview) ? percent_decode(id.substr(0, id.size() - kPreview.size())) : std::nullopt;
  if (!name) return failure(ErrorCode::not_found, "an audience has /preview");
  const auto limit = query_number(request, "limit", PreviewLimits{}.sample);
  if (!limit) return tl::make_unexpected(limit.error());
  if (auto seen = wait_for_cursor(api, request); !seen) return tl::make_unexpected(seen.error());
  return preview_audience(api.profiles, *api.journeys.current(), *name, api.now_ms(), limits_of(*limit));
}

Result<std::string> preview_asked(Api& api, const HttpRequest& request) {
  const auto tagged = tagged_from_json(request.body);
  if (!tagged) return tl::make_unexpected(tagged.error());
  const Value where = Value::read(tagged->data()).at("where");
  if (!where.is_object()) {
    return failure(ErrorCode::bad_request, "say {\"where\":{…}}, a condition over profiles", "where");
  }
  const auto limit = query_number(request, "limit", PreviewLimits{}.sample);
  if (!limit) return tl::make_unexpected(limit.error());
  if (auto seen = wait_for_cursor(api, request); !seen) return tl::make_unexpected(seen.error());
  return preview_where(api.profiles, *api.journeys.current(), json_from_tagged(where), api.now_ms(),
                       limits_of(*limit));
}

}  // namespace

HttpAnswer answer_profile_search(Api& api, const HttpRequest& request) {
  return answer_of(search(api, request));
}

HttpAnswer answer_audience_preview(Api& api, const HttpRequest& request) {
  return answer_of(preview_declared(api, request));
}

HttpAnswer answer_condition_preview(Api& api, const HttpRequest& request) {
  return answer_of(preview_asked(api, request));
}

}  // namespace desirepath::collector
