// The public paths. Each function answers those of one concept and is called with a path that is its own.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "collector/http/api.hpp"
#include "collector/http/exchange.hpp"
#include "collector/ingest/ingest.hpp"
#include "collector/ops/key_ring.hpp"

namespace desirepath::collector {

// Every request to the public port.
HttpAnswer answer_request(Api& api, const HttpRequest& request);

// A label for each row of the table, and "other": what requests are counted under.
std::vector<std::string> route_labels();

// The table's rows, for what checks it against the running server and the description.
struct RouteRights {
  std::string_view method;
  std::string_view path;  // ends with '/' where it is what the path begins with
  KeyKinds kinds;         // empty: anybody
};
std::vector<RouteRights> route_rights();

// POST /v1/{track,page,screen,identify,group,alias,batch}; GET /v1/pixel.gif
HttpAnswer answer_ingest(Api& api, const HttpRequest& request);
HttpAnswer answer_pixel(Api& api, const HttpRequest& request);
// What a sender is told, and counted.
HttpAnswer ingest_answer(Api& api, const Result<IngestAnswer>& answer);
// POST /v1/receipts
HttpAnswer answer_receipts(Api& api, const HttpRequest& request);
// GET /v1/rejected, POST /v1/rejected/{replay,discard}
HttpAnswer answer_rejected(Api& api, const HttpRequest& request);
HttpAnswer answer_replay_rejected(Api& api, const HttpRequest& request);
HttpAnswer answer_discard_rejected(Api& api, const HttpRequest& request);
// GET /v1/projects/{key}/settings, GET /sourceConfig: what public clients of the field read first
HttpAnswer answer_project_settings(Api& api, const HttpRequest& request);
HttpAnswer answer_source_config(Api& api, const HttpRequest& request);
// GET /v1/profiles/{type}:{value}[/events|/decisions|/history|/explain|/ledger]
HttpAnswer answer_erasure(Api& api, const HttpRequest& request);  // DELETE
HttpAnswer answer_profile(Api& api, const HttpRequest& request);
// POST /v1/sync
HttpAnswer answer_sync(Api& api, const HttpRequest& request);
// POST /v1/decide
HttpAnswer answer_decide(Api& api, const HttpRequest& request);
// GET /v1/profiles?where=; GET /v1/audiences/{id}/preview; POST /v1/audiences/preview
HttpAnswer answer_profile_search(Api& api, const HttpRequest& request);
HttpAnswer answer_audience_preview(Api& api, const HttpRequest& request);
HttpAnswer answer_condition_preview(Api& api, const HttpRequest& request);
// GET /v1/journeys/{name}/program, GET /v1/programs/{hash}
HttpAnswer answer_journey_program(Api& api, const HttpRequest& request);
HttpAnswer answer_program(Api& api, const HttpRequest& request);
// GET and POST /v1/suppressions; GET and DELETE /v1/suppressions/{type}:{value}
HttpAnswer answer_suppressions(Api& api, const HttpRequest& request);
HttpAnswer answer_suppress(Api& api, const HttpRequest& request);
HttpAnswer answer_suppression(Api& api, const HttpRequest& request);
HttpAnswer answer_unsuppress(Api& api, const HttpRequest& request);
// GET /v1/outbox
HttpAnswer answer_outbox(Api& api, const HttpRequest& request);
// GET /v1/export/{profiles|events|decisions}
HttpAnswer answer_export(Api& api, const HttpRequest& request);
// GET /v1/audit
HttpAnswer answer_audit(Api& api, const HttpRequest& request);
// GET /v1/stream
HttpAnswer answer_stream(Api& api, const HttpRequest& request);
// GET / and all other paths: the console and the browser package
HttpAnswer answer_asset(Api& api, const HttpRequest& request);

}  // namespace desirepath::collector
