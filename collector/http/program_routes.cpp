#include <string>

#include "collector/fold/journeys.hpp"
#include "collector/http/answers.hpp"
#include "collector/http/routes.hpp"
#include "collector/http/url_text.hpp"

namespace desirepath::collector {
namespace {

constexpr std::string_view kJourneys = "/v1/journeys/";
constexpr std::string_view kProgram = "/program";
constexpr std::string_view kPrograms = "/v1/programs/";

// Whether If-None-Match names this tag.
bool matches(std::string_view if_none_match, std::string_view etag) {
  return if_none_match == "*" || if_none_match.find(etag) != std::string_view::npos;
}

HttpAnswer program_answer(const Journey& journey, const HttpRequest& request, const char* cache_control) {
  HttpAnswer answer;
  const std::string etag = '"' + journey.device_hash + '"';
  answer.content_type = "application/octet-stream";
  answer.headers.emplace_back("Cache-Control", cache_control);
  answer.headers.emplace_back("ETag", etag);
  answer.headers.emplace_back("Access-Control-Expose-Headers", "ETag");
  answer.headers.emplace_back("X-Content-Type-Options", "nosniff");
  if (!request.if_none_match.empty() && matches(request.if_none_match, etag)) {
    answer.status = 304;
  } else {
    answer.body.assign(journey.device_program.begin(), journey.device_program.end());
  }
  return answer;
}

}  // namespace

HttpAnswer answer_journey_program(Api& api, const HttpRequest& request) {
  std::string_view name = request.path.substr(kJourneys.size());
  if (!name.ends_with(kProgram)) return error_answer(error_of_status(404));
  name.remove_suffix(kProgram.size());
  const auto set = api.journeys.current();
  const Journey* journey = set->find(percent_decode(name).value_or(""));
  if (journey == nullptr) return error_answer({ErrorCode::not_found, "no journey of this name is loaded"});
  return program_answer(*journey, request, "public, max-age=60, stale-while-revalidate=86400");
}

HttpAnswer answer_program(Api& api, const HttpRequest& request) {
  const auto set = api.journeys.current();
  const Journey* journey = set->find_device_program(request.path.substr(kPrograms.size()));
  if (journey == nullptr) return error_answer({ErrorCode::not_found, "no current program has this hash"});
  return program_answer(*journey, request, "public, max-age=31536000, immutable");
}

}  // namespace desirepath::collector
