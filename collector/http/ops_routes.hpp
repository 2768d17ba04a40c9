// The operator's port: its own listener and threads, so that it answers whatever happens on the public one.
#pragma once

#include <atomic>
#include <filesystem>
#include <functional>

#include "collector/http/api.hpp"
#include "collector/http/exchange.hpp"
#include "collector/http/http_server.hpp"
#include "collector/ops/health.hpp"

namespace desirepath::collector {

struct OpsParts {
  Api& api;
  Health& health;
  const std::atomic<bool>& is_ready;
  const std::filesystem::path& data;  // directory
  std::function<ConnectionCounts()> connections;
  const TlsCertificate* tls;  // null: none
};

// GET /health: the data directory can be written and read, and the fold moves. GET /ready: requests are
// taken. GET /metrics: Prometheus text (metrics_text.hpp).
HttpAnswer answer_ops(const OpsParts& parts, const HttpRequest& request);

}  // namespace desirepath::collector
