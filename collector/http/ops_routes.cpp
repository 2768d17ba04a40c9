#include "collector/http/ops_routes.hpp"

#include <string>

#include "collector/fold/fold.hpp"
#include "collector/http/answers.hpp"
#include "collector/journal/journal.hpp"

namespace desirepath::collector {
namespace {

void add_metric(std::string& text, const char* name, const char* type, std::uint64_t value) {
  text.append("# TYPE ").append(name).append(" ").append(type).append("\n");
  text.append(name).append(" ").append(std::to_string(value)).append("\n");
}

HttpAnswer answer_metrics(Api& api) {
  std::string text;
  const FoldCounters fold = api.fold.counters();
  const std::uint64_t head = api.journal.head().position;
  const std::uint64_t folded = api.fold.cursor().position;
  add_metric(text, "desirepath_http_requests_total", "counter", api.counters.requests);
  add_metric(text, "desirepath_http_refused_total", "counter", api.counters.refused);
  add_metric(text, "desirepath_events_accepted_total", "counter", api.counters.accepted);
  add_metric(text, "desirepath_events_duplicate_total", "counter", api.counters.duplicates);
  add_metric(text, "desirepath_events_rejected_total", "counter", api.counters.rejected);
  add_metric(text, "desirepath_rate_limited_keys_total", "counter", api.counters.limited_keys);
  add_metric(text, "desirepath_rate_limited_addresses_total", "counter", api.counters.limited_addresses);
  add_metric(text, "desirepath_journal_bytes", "gauge", api.journal.bytes());
  add_metric(text, "desirepath_journal_head", "gauge", head);
  add_metric(text, "desirepath_fold_cursor", "gauge", folded);
  add_metric(text, "desirepath_fold_events_total", "counter", fold.events);
  add_metric(text, "desirepath_fold_duplicates_total", "counter", fold.duplicates);
  add_metric(text, "desirepath_rejected_events_lost_total", "counter", fold.rejected_lost);
  add_metric(text, "desirepath_fold_decisions_total", "counter", fold.decisions);
  add_metric(text, "desirepath_fold_refolds_total", "counter", fold.profiles_refolded);
  add_metric(text, "desirepath_fold_transactions_total", "counter", fold.transactions);
  add_metric(text, "desirepath_fold_damaged_profiles", "gauge", fold.profiles_damaged);
  add_metric(text, "desirepath_fold_taken_over_percent", "gauge",
             static_cast<std::uint64_t>(fold.taken_over * 100));
  HttpAnswer answer;
  answer.content_type = "text/plain; version=0.0.4";
  answer.body = std::move(text);
  return answer;
}

}  // namespace

HttpAnswer answer_ops(Api& api, Health& health, const std::atomic<bool>& ready, const HttpRequest& request) {
  if (request.method != "GET") return error_answer(error_of_status(405));
  if (request.path == "/metrics") return answer_metrics(api);
  if (request.path == "/health") {
    if (const auto checked = health.check(); !checked) {
      return error_answer({ErrorCode::not_durable, checked.error().message});
    }
    return json_answer("{\"healthy\":true}");
  }
  if (request.path == "/ready") {
    if (!ready) return error_answer({ErrorCode::not_durable, "the collector is stopping"});
    return json_answer("{\"ready\":true,\"cursor\":\"" + std::to_string(api.fold.cursor().position) + "\"}");
  }
  return error_answer(error_of_status(404));
}

}  // namespace desirepath::collector
