#include <algorithm>
#include <charconv>
#include <string>

#include "collector/http/answers.hpp"
#include "collector/http/limits.hpp"
#include "collector/http/routes.hpp"
#include "collector/http/url_text.hpp"
#include "collector/ops/audit_log.hpp"

namespace desirepath::collector {

HttpAnswer answer_audit(Api& api, const HttpRequest& request) {
  std::size_t limit = kAuditLinesDefault;
  if (const auto text = query_value(request.query, "limit")) {
    const auto parsed = std::from_chars(text->data(), text->data() + text->size(), limit);
    if (parsed.ec != std::errc() || parsed.ptr != text->data() + text->size() || limit == 0) {
      return error_answer({ErrorCode::bad_request, "?limit= must be a whole number, 1 or more", "limit"});
    }
  }
  const auto lines = api.audit.newest(std::min(limit, kAuditLinesMax));
  if (!lines) return error_answer(lines.error());
  std::string body = "{\"acts\":[";
  for (std::size_t i = 0; i < lines->size(); ++i) body.append(i == 0 ? "" : ",").append((*lines)[i]);
  return json_answer(body + "]}");
}

}  // namespace desirepath::collector
