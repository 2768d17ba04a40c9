#include <string>

#include "collector/console/assets.hpp"
#include "collector/http/answers.hpp"
#include "collector/http/event_stream.hpp"
#include "collector/http/routes.hpp"

namespace desirepath::collector {

HttpAnswer answer_asset(Api&, const HttpRequest& request) {
  const Asset* asset = find_asset(request.path);
  if (asset == nullptr) return error_answer(error_of_status(404));
  HttpAnswer answer;
  const bool package = request.path.starts_with("/sdk/");
  answer.content_type = asset->content_type;
  answer.headers.emplace_back("ETag", std::string(asset->etag));
  answer.headers.emplace_back("X-Content-Type-Options", "nosniff");
  answer.headers.emplace_back("Cache-Control", asset->immutable ? "public, max-age=31536000, immutable"
                                               : package ? "public, max-age=300, stale-while-revalidate=86400"
                                                         : "no-cache");
  if (package) {
    answer.headers.emplace_back("Cross-Origin-Resource-Policy", "cross-origin");
  } else {
    answer.headers.emplace_back("Content-Security-Policy", std::string(kConsolePolicy));
    answer.headers.emplace_back("Referrer-Policy", "no-referrer");
  }
  if (!request.if_none_match.empty() && request.if_none_match.find(asset->etag) != std::string_view::npos) {
    answer.status = 304;
  } else {
    answer.body = asset->body;
  }
  return answer;
}

HttpAnswer answer_stream(Api& api, const HttpRequest& request) {
  auto client = api.stream.watch(request.last_event_id);
  if (!client) return error_answer(client.error());
  HttpAnswer answer;
  answer.content_type = "text/event-stream";
  answer.headers.emplace_back("Cache-Control", "no-store");
  answer.headers.emplace_back("X-Accel-Buffering", "no");
  answer.stream = std::move(*client);
  return answer;
}

}  // namespace desirepath::collector
