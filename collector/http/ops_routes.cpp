#include "collector/http/ops_routes.hpp"

#include <string>

#include "collector/fold/fold.hpp"
#include "collector/http/answers.hpp"
#include "collector/http/metrics_text.hpp"
#include "collector/journal/journal.hpp"

namespace desirepath::collector {
namespace {

HttpAnswer answer_health(const OpsParts& parts) {
  const FoldCounters fold = parts.api.fold.counters();
  const Cursor cursor = parts.api.fold.cursor();
  const FoldProgress progress{cursor < parts.api.journal.head(),
                              cursor.position + fold.transactions + fold.profiles_refolded};
  if (const auto checked = parts.health.check(progress); !checked) {
    return error_answer({ErrorCode::not_durable, checked.error().message});
  }
  return json_answer("{\"healthy\":true}");
}

void add_progress(std::string& json, const char* name, const WorkProgress& work) {
  if (work.done >= work.total) return;
  json.append(",\"").append(name).append("\":{\"done\":").append(std::to_string(work.done));
  json.append(",\"total\":").append(std::to_string(work.total)).append("}");
}

HttpAnswer answer_ready(const OpsParts& parts) {
  if (!parts.is_ready) return error_answer({ErrorCode::not_durable, "the collector is stopping"});
  const FoldCounters fold = parts.api.fold.counters();
  std::string json =
      "{\"ready\":true,\"cursor\":\"" + std::to_string(parts.api.fold.cursor().position) + "\"";
  add_progress(json, "takeover", fold.takeover);
  add_progress(json, "rebuild", fold.rebuild);
  return json_answer(json + "}");
}

}  // namespace

HttpAnswer answer_ops(const OpsParts& parts, const HttpRequest& request) {
  if (request.method != "GET") return error_answer(error_of_status(405));
  if (request.path == "/metrics") {
    HttpAnswer answer;
    answer.content_type = "text/plain; version=0.0.4";
    answer.body = metrics_text(parts);
    return answer;
  }
  if (request.path == "/health") return answer_health(parts);
  if (request.path == "/ready") return answer_ready(parts);
  return error_answer(error_of_status(404));
}

}  // namespace desirepath::collector
