#include "collector/http/ingest_answer.hpp"

#include "collector/ingest/tagged_json.hpp"

namespace desirepath::collector {
namespace {

void append_rejections(std::string& body, const std::vector<Rejection>& rejections) {
  for (std::size_t i = 0; i < rejections.size(); ++i) {
    const Rejection& rejection = rejections[i];
    body += (i == 0 ? "{\"index\":" : ",{\"index\":") + std::to_string(rejection.index) + ",\"code\":\"";
    body += to_string(rejection.code);
    body += "\",\"message\":";
    append_json_string(body, rejection.message);
    if (!rejection.field.empty()) {
      body += ",\"field\":";
      append_json_string(body, rejection.field);
    }
    body += '}';
  }
}

}  // namespace

std::string ingest_members(const IngestAnswer& answer) {
  std::string body = "\"success\":true,\"accepted\":" + std::to_string(answer.accepted) +
                     ",\"duplicates\":" + std::to_string(answer.duplicates) + ",\"rejected\":[";
  append_rejections(body, answer.rejected);
  if (!answer.warnings.empty()) {
    body += "],\"warnings\":[";
    append_rejections(body, answer.warnings);
  }
  body += "],\"cursor\":\"" + std::to_string(answer.cursor.position) + '"';
  return body;
}

}  // namespace desirepath::collector
