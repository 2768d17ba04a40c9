// The running collector: both listeners over one opened data directory.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "collector/error.hpp"
#include "collector/fold/fold.hpp"
#include "collector/fold/journeys.hpp"
#include "collector/fold/replay_engines.hpp"
#include "collector/http/api.hpp"
#include "collector/http/event_stream.hpp"
#include "collector/http/http_server.hpp"
#include "collector/http/rate_limiter.hpp"
#include "collector/http/request_metrics.hpp"
#include "collector/ingest/ingest.hpp"
#include "collector/journal/journal.hpp"
#include "collector/ops/audit_log.hpp"
#include "collector/ops/health.hpp"
#include "collector/ops/key_ring.hpp"
#include "collector/ops/operator_log.hpp"
#include "collector/profile/profile_store.hpp"
#include "collector/reading/decision_holds.hpp"

namespace desirepath::collector {

struct ServerOptions {
  std::string host = "127.0.0.1";
  int port = 8080;
  std::string ops_host;  // empty: host
  int ops_port = 8081;
  RateLimits rates;
  std::vector<AddressRange> trusted_proxies;
  bool logs_requests = false;           // a line for each
  const TlsCertificate* tls = nullptr;  // of the public port, outlives the server; null: plain
};

// What is served; all of it outlives the server.
struct ServedParts {
  const std::filesystem::path& data;
  Journal& journal;
  Ingest& ingest;
  ProfileStore& profiles;
  Journeys& journeys;
  Fold& fold;
  KeyRing& keys;
  AuditLog& audit;
  OperatorLog& log;
  std::function<std::int64_t()> now_ms;
};

class CollectorServer {
 public:
  // Starts the fold and both listeners. An error leaves nothing running.
  static Result<std::unique_ptr<CollectorServer>> start(const ServedParts& parts,
                                                        const ServerOptions& options);
  ~CollectorServer();  // drains
  CollectorServer(const CollectorServer&) = delete;
  CollectorServer& operator=(const CollectorServer&) = delete;

  std::string url() const { return public_->url(); }
  std::string ops_url() const { return ops_->url(); }
  // Answers what is under way, then folds the batch at hand and stops.
  void drain();

 private:
  CollectorServer(const ServedParts& parts, const ServerOptions& options);
  Result<void> listen(const ServerOptions& options);
  ConnectionCounts connections() const;

  const std::filesystem::path data_;
  Fold& fold_;
  EventStream stream_;
  Ingest& ingest_;
  RateLimiter rates_;
  Health health_;
  ReplayEngines engines_;
  ReplayEngines device_engines_;
  DecisionHolds holds_;
  RequestMetrics metrics_;
  Api api_;
  std::atomic<bool> ready_{false};
  std::unique_ptr<HttpServer> public_;
  std::unique_ptr<HttpServer> ops_;
};

}  // namespace desirepath::collector
