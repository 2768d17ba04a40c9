// The operator's port: its own listener and threads, so that it answers whatever happens on the public one.
#pragma once

#include <atomic>

#include "collector/http/api.hpp"
#include "collector/http/exchange.hpp"
#include "collector/ops/health.hpp"

namespace desirepath::collector {

// GET /health: the data directory can be written and read. GET /ready: requests are taken. GET /metrics:
// Prometheus text.
HttpAnswer answer_ops(Api& api, Health& health, const std::atomic<bool>& ready, const HttpRequest& request);

}  // namespace desirepath::collector
