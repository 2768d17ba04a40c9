#include "collector/http/routes.hpp"

#include <algorithm>
#include <chrono>

#include "collector/http/answers.hpp"
#include "collector/http/api.hpp"
#include "collector/http/request_key.hpp"
#include "collector/http/request_metrics.hpp"
#include "collector/ops/audit_log.hpp"
#include "collector/ops/operator_log.hpp"

namespace desirepath::collector {
namespace {

// Who may use a path from a page of another site.
enum class Sharing : std::uint8_t {
  own_site,  // the console alone
  any_site,  // to append, to fetch the public program and the package; keys are in the request
};

// Which keys a path asks for; none: it is anybody's.
struct Access {
  KeyKinds kinds{};
  bool in_body = false;     // the key may also be there; the handler then admits it
  bool is_audited = false;  // an operator's act (audit_log.hpp)
};
constexpr Access kAnybody{};
constexpr Access kSenders{kAppend, true};
constexpr Access kReaders{kRead};
constexpr Access kDeciders{kDecide};
constexpr Access kVouchers{kProve};
constexpr Access kHandlers{kDecide, false, true};  // of whole data
constexpr Access kOperators{kOperate};
constexpr Access kAudited{kOperate, false, true};

struct Route {
  std::string_view method;
  std::string_view path;  // whole, or where it ends with '/', what the path begins with
  Sharing sharing;
  Access access;
  HttpAnswer (*answer)(Api& api, const HttpRequest& request);
};

// The first that matches answers; a path that no row names is an asset.
constexpr Route kRoutes[] = {
    {"POST", "/v1/batch", Sharing::any_site, kSenders, answer_ingest},
    {"POST", "/v1/track", Sharing::any_site, kSenders, answer_ingest},
    {"POST", "/v1/page", Sharing::any_site, kSenders, answer_ingest},
    {"POST", "/v1/screen", Sharing::any_site, kSenders, answer_ingest},
    {"POST", "/v1/identify", Sharing::any_site, kSenders, answer_ingest},
    {"POST", "/v1/group", Sharing::any_site, kSenders, answer_ingest},
    {"POST", "/v1/alias", Sharing::any_site, kSenders, answer_ingest},
    // The same under the names that public clients of the field use.
    {"POST", "/v1/b", Sharing::any_site, kSenders, answer_ingest},
    {"POST", "/v1/t", Sharing::any_site, kSenders, answer_ingest},
    {"POST", "/v1/p", Sharing::any_site, kSenders, answer_ingest},
    {"POST", "/v1/s", Sharing::any_site, kSenders, answer_ingest},
    {"POST", "/v1/i", Sharing::any_site, kSenders, answer_ingest},
    {"POST", "/v1/g", Sharing::any_site, kSenders, answer_ingest},
    {"POST", "/v1/a", Sharing::any_site, kSenders, answer_ingest},
    {"POST", "/api/s/track", Sharing::any_site, kSenders, answer_ingest},
    {"POST", "/api/s/page", Sharing::any_site, kSenders, answer_ingest},
    {"POST", "/api/s/identify", Sharing::any_site, kSenders, answer_ingest},
    {"POST", "/api/s/group", Sharing::any_site, kSenders, answer_ingest},
    {"POST", "/api/s/s2s/track", Sharing::any_site, kSenders, answer_ingest},
    {"POST", "/api/s/s2s/page", Sharing::any_site, kSenders, answer_ingest},
    {"POST", "/api/s/s2s/identify", Sharing::any_site, kSenders, answer_ingest},
    {"POST", "/api/s/s2s/group", Sharing::any_site, kSenders, answer_ingest},
    {"GET", "/v1/projects/", Sharing::any_site, kAnybody, answer_project_settings},
    {"GET", "/sourceConfig", Sharing::any_site, kAnybody, answer_source_config},
    {"GET", "/sourceConfig/", Sharing::any_site, kAnybody, answer_source_config},
    {"POST", "/v1/receipts", Sharing::own_site, kVouchers, answer_receipts},
    {"GET", "/v1/rejected", Sharing::own_site, kReaders, answer_rejected},
    {"POST", "/v1/rejected/replay", Sharing::own_site, kHandlers, answer_replay_rejected},
    {"POST", "/v1/rejected/discard", Sharing::own_site, kHandlers, answer_discard_rejected},
    {"GET", "/v1/pixel.gif", Sharing::any_site, kSenders, answer_pixel},
    {"GET", "/v1/journeys/", Sharing::any_site, kAnybody, answer_journey_program},
    {"GET", "/v1/programs/", Sharing::any_site, kAnybody, answer_program},
    {"GET", "/v1/profiles/", Sharing::own_site, kReaders, answer_profile},
    {"DELETE", "/v1/profiles/", Sharing::own_site, kAudited, answer_erasure},
    {"GET", "/v1/suppressions", Sharing::own_site, kOperators, answer_suppressions},
    {"POST", "/v1/suppressions", Sharing::own_site, kAudited, answer_suppress},
    {"GET", "/v1/suppressions/", Sharing::own_site, kOperators, answer_suppression},
    {"DELETE", "/v1/suppressions/", Sharing::own_site, kAudited, answer_unsuppress},
    {"GET", "/v1/outbox", Sharing::own_site, kReaders, answer_outbox},
    {"GET", "/v1/export/", Sharing::own_site, kHandlers, answer_export},
    {"POST", "/v1/sync", Sharing::any_site, kSenders, answer_sync},
    {"POST", "/v1/decide", Sharing::own_site, kDeciders, answer_decide},
    {"GET", "/v1/profiles", Sharing::own_site, kReaders, answer_profile_search},
    {"POST", "/v1/audiences/preview", Sharing::own_site, kReaders, answer_condition_preview},
    {"GET", "/v1/audiences/", Sharing::own_site, kReaders, answer_audience_preview},
    {"GET", "/v1/audit", Sharing::own_site, kOperators, answer_audit},
    {"GET", "/v1/stream", Sharing::own_site, kReaders, answer_stream},
    {"GET", "/sdk/", Sharing::any_site, kAnybody, answer_asset},
    {"GET", "/", Sharing::own_site, kAnybody, answer_asset},
};

bool names(const Route& route, std::string_view path) {
  return route.path.ends_with('/') ? path.starts_with(route.path) : path == route.path;
}

// The most telling row of a path: the first that names it.
const Route* find_path(std::string_view path) {
  const auto* found =
      std::find_if(std::begin(kRoutes), std::end(kRoutes), [&](const Route& r) { return names(r, path); });
  return found == std::end(kRoutes) ? nullptr : found;
}

// Rows of one path differ in their method only.
const Route* find_route(const Route& first, std::string_view method) {
  const auto* found = std::find_if(
      &first, std::end(kRoutes), [&](const Route& r) { return r.path == first.path && r.method == method; });
  return found == std::end(kRoutes) ? nullptr : found;
}

std::string methods_of(const Route& first) {
  std::string methods;
  for (const Route& route : kRoutes) {
    if (route.path != first.path) continue;
    methods.append(route.method).append(route.method == "GET" ? ", HEAD, " : ", ");
  }
  return methods + "OPTIONS";
}

HttpAnswer answer_options(const Route& first) {
  HttpAnswer answer;
  answer.status = 204;
  answer.headers.emplace_back("Allow", methods_of(first));
  if (first.sharing == Sharing::any_site) {
    answer.headers.emplace_back("Access-Control-Allow-Methods", methods_of(first));
    // The public clients of the field each have headers of their own; a star leaves Authorization out.
    answer.headers.emplace_back("Access-Control-Allow-Headers",
                                "Authorization, Content-Type, Content-Encoding, If-None-Match, *");
    answer.headers.emplace_back("Access-Control-Max-Age", "86400");
  }
  return answer;
}

// The handler's answer, or why it is not asked.
HttpAnswer answer_admitted(Api& api, const Route& route, const HttpRequest& request) {
  if (route.access.kinds.empty()) return route.answer(api, request);
  const std::string shown = presented_key(request);
  if (shown.empty() && route.access.in_body) return route.answer(api, request);
  const auto key = admit(api, request, shown, route.access.kinds);
  if (!key) return error_answer(key.error());
  HttpRequest admitted = request;
  admitted.key = &*key;
  HttpAnswer answer = route.answer(api, admitted);
  if (route.access.is_audited) {
    // By the route's path: what stands behind it may name a person.
    const std::string act = std::string(route.method) + " " + std::string(route.path);
    const std::string outcome = answer.refusal ? to_string(*answer.refusal) : "done";
    if (auto recorded = api.audit.record({who_of(*key), act, "", outcome}); !recorded) {
      return error_answer({ErrorCode::not_durable, recorded.error().message});
    }
  }
  return answer;
}

HttpAnswer answer_route(Api& api, const Route& first, const HttpRequest& request) {
  if (request.method == "OPTIONS") return answer_options(first);
  if (const Route* route = find_route(first, request.method)) return answer_admitted(api, *route, request);
  HttpAnswer answer = error_answer(error_of_status(405));
  answer.headers.emplace_back("Allow", methods_of(first));
  return answer;
}

// Of a refusal one line a while for each route and code, of requests one each where that is asked for. The
// target is in none: keys and identifiers stand in it.
void log_answer(Api& api, const Route* route, const HttpAnswer& answer, std::chrono::nanoseconds took) {
  if (!answer.refusal && !api.logs_requests) return;
  const std::string path =
      route == nullptr ? "other" : std::string(route->method) + " " + std::string(route->path);
  if (answer.refusal) {
    const std::string code = to_string(*answer.refusal);
    const bool is_ours = answer.status >= 500;
    api.log.write_seldom(is_ours ? LogLevel::error : LogLevel::info, "refused", path + code,
                         {{"route", path}, {"code", code}, {"answer", is_ours ? answer.body : ""}});
  }
  if (api.logs_requests) {
    const auto micros = std::chrono::duration_cast<std::chrono::microseconds>(took).count();
    api.log.write(
        LogLevel::info, "request",
        {{"route", path}, {"status", std::to_string(answer.status)}, {"micros", std::to_string(micros)}});
  }
}

}  // namespace

std::vector<std::string> route_labels() {
  std::vector<std::string> labels;
  for (const Route& route : kRoutes)
    labels.push_back(std::string(route.method) + " " + std::string(route.path));
  labels.emplace_back("other");
  return labels;
}

HttpAnswer answer_request(Api& api, const HttpRequest& request) {
  ++api.counters.requests;
  const auto begun = std::chrono::steady_clock::now();
  const Route* first = find_path(request.path);
  HttpAnswer answer =
      first == nullptr ? error_answer(error_of_status(404)) : answer_route(api, *first, request);
  if (first != nullptr && first->sharing == Sharing::any_site) {
    answer.headers.emplace_back("Access-Control-Allow-Origin", "*");
  }
  const Route* route = first == nullptr ? nullptr : find_route(*first, request.method);
  const auto index = route == nullptr ? std::size(kRoutes) : static_cast<std::size_t>(route - kRoutes);
  const auto took = std::chrono::steady_clock::now() - begun;
  api.metrics.count(index, answer.status, took, answer.refusal);
  log_answer(api, route, answer, took);
  return answer;
}

std::vector<RouteRights> route_rights() {
  std::vector<RouteRights> rights;
  for (const Route& route : kRoutes) rights.push_back({route.method, route.path, route.access.kinds});
  return rights;
}

}  // namespace desirepath::collector
