// What the field's public clients ask for before they send: settings of a source that has no destinations but
// this collector. Where each client is told to look is in collector/README.md.
#include <string>

#include "collector/http/answers.hpp"
#include "collector/http/request_key.hpp"
#include "collector/http/routes.hpp"
#include "collector/http/url_text.hpp"
#include "collector/ingest/tagged_json.hpp"

namespace desirepath::collector {
namespace {

constexpr std::string_view kProjects = "/v1/projects/";
constexpr std::string_view kSettings = "/settings";

std::string json_text(std::string_view text) {
  std::string out;
  append_json_string(out, text);
  return out;
}

}  // namespace

HttpAnswer answer_project_settings(Api& api, const HttpRequest& request) {
  std::string_view key = request.path.substr(kProjects.size());
  if (!key.ends_with(kSettings)) return error_answer(error_of_status(404));
  key.remove_suffix(kSettings.size());
  const auto decoded = percent_decode(key).value_or("");
  if (const auto known = admit(api, request, decoded, kAppend); !known) return error_answer(known.error());
  return json_answer("{\"integrations\":{\"Segment.io\":{\"apiKey\":" + json_text(decoded) +
                     "}},\"plan\":{\"track\":{\"__default\":{\"enabled\":true,\"integrations\":{}}}},"
                     "\"metrics\":{\"sampleRate\":0},\"edgeFunction\":{},\"enabledMiddleware\":{},"
                     "\"remotePlugins\":[]}");
}

HttpAnswer answer_source_config(Api& api, const HttpRequest& request) {
  std::string shown = presented_key(request);
  if (shown.empty()) shown = query_value(request.query, "writeKey").value_or("");
  const auto key = admit(api, request, shown, kAppend);
  if (!key) return error_answer(key.error());
  const std::string source = json_text(key->source);
  return json_answer(
      "{\"source\":{\"id\":" + source + ",\"name\":" + source + ",\"writeKey\":" + json_text(shown) +
      ",\"workspaceId\":\"desirepath\",\"enabled\":true,\"destinations\":[],\"config\":{"
      "\"statsCollection\":{\"errors\":{\"enabled\":false},\"metrics\":{\"enabled\":false}}}}}");
}

}  // namespace desirepath::collector
