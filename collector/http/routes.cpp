#include "collector/http/routes.hpp"

#include "collector/http/answers.hpp"

namespace desirepath::collector {
namespace {

// What pages of any site may use: to append, to fetch the public program and the package. Keys are in the
// request, so nothing depends on who asks.
bool is_public(std::string_view path) {
  return is_ingest_path(path) || path == "/v1/pixel.gif" || path.starts_with("/v1/journeys/") ||
         path.starts_with("/v1/programs/") || path.starts_with("/sdk/");
}

HttpAnswer answer_options(const HttpRequest& request) {
  HttpAnswer answer;
  answer.status = 204;
  answer.headers.emplace_back("Allow", "GET, HEAD, POST, OPTIONS");
  if (is_public(request.path)) {
    answer.headers.emplace_back("Access-Control-Allow-Methods", "GET, POST, OPTIONS");
    answer.headers.emplace_back("Access-Control-Allow-Headers",
                                "Authorization, Content-Type, Content-Encoding, If-None-Match");
    answer.headers.emplace_back("Access-Control-Max-Age", "86400");
  }
  return answer;
}

HttpAnswer not_allowed(const char* allow) {
  HttpAnswer answer = error_answer(error_of_status(405));
  answer.headers.emplace_back("Allow", allow);
  return answer;
}

HttpAnswer route(Api& api, const HttpRequest& request) {
  const std::string_view path = request.path;
  if (request.method == "OPTIONS") return answer_options(request);
  if (is_ingest_path(path)) {
    return request.method == "POST" ? answer_ingest(api, request) : not_allowed("POST, OPTIONS");
  }
  if (request.method != "GET") return not_allowed("GET, HEAD, OPTIONS");
  if (path.starts_with("/v1/profiles/")) return answer_profile(api, request);
  if (path.starts_with("/v1/journeys/")) return answer_journey_program(api, request);
  if (path.starts_with("/v1/programs/")) return answer_program(api, request);
  if (path == "/v1/stream") return answer_stream(api, request);
  if (path == "/v1/pixel.gif") return answer_pixel(api, request);
  return answer_asset(request);
}

}  // namespace

HttpAnswer answer_request(Api& api, const HttpRequest& request) {
  ++api.counters.requests;
  HttpAnswer answer = route(api, request);
  if (answer.status >= 400) ++api.counters.refused;
  if (is_public(request.path)) answer.headers.emplace_back("Access-Control-Allow-Origin", "*");
  return answer;
}

}  // namespace desirepath::collector
