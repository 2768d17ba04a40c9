#include "collector/fold/fold.hpp"
#include "collector/fold/journeys.hpp"
#include "collector/fold/limits.hpp"
#include "collector/http/answers.hpp"
#include "collector/http/api.hpp"
#include "collector/http/routes.hpp"
#include "collector/http/url_text.hpp"

namespace desirepath::collector {
namespace {

constexpr std::string_view kPrefix = "/v1/profiles/";

Result<std::string> erase_person(Api& api, const HttpRequest& request) {
  const std::string_view named = request.path.substr(kPrefix.size());
  if (named.find('/') != std::string_view::npos) {
    return failure(ErrorCode::not_found, "a person is erased whole: DELETE /v1/profiles/TYPE:VALUE");
  }
  const auto text = percent_decode(named);
  if (!text) return failure(ErrorCode::bad_request, "name the person as TYPE:VALUE, e.g. userId:42");
  const auto set = api.journeys.current();
  const auto identifier = set->identifiers.parse(*text);
  if (!identifier) return tl::unexpected(identifier.error());
  auto erased = api.fold.erase(*identifier);
  if (!erased) return tl::unexpected(erased.error());
  auto finished = api.fold.finish_erasures(kErasureWaitMax);
  if (!finished) return tl::unexpected(finished.error());
  return "{\"erased\":true,\"events\":" + std::to_string(erased->events) +
         ",\"identifiers\":" + std::to_string(erased->identifiers) +
         ",\"finished\":" + (*finished ? "true" : "false") + '}';
}

}  // namespace

HttpAnswer answer_erasure(Api& api, const HttpRequest& request) {
  auto answer = erase_person(api, request);
  if (!answer) return error_answer(answer.error());
  return json_answer(std::move(*answer));
}

}  // namespace desirepath::collector
