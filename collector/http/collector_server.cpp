#include "collector/http/collector_server.hpp"

#include <sys/resource.h>

#include <algorithm>

#include "collector/http/limits.hpp"
#include "collector/http/ops_routes.hpp"
#include "collector/http/routes.hpp"

namespace desirepath::collector {
namespace {

// Files, the watcher and clients of the operator's port need some descriptors too.
std::size_t connections_allowed() {
  rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) != 0 || files.rlim_cur == RLIM_INFINITY) return kConnectionsMax;
  return std::clamp<std::size_t>(files.rlim_cur / 2, 1, kConnectionsMax);
}

// What the console's pages say themselves is stronger.
std::vector<HeaderLine> standing_headers(bool with_tls) {
  std::vector<HeaderLine> lines = {
      {"X-Content-Type-Options", "nosniff"},
      {"Referrer-Policy", "no-referrer"},
      {"Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"},
  };
  if (with_tls) lines.emplace_back("Strict-Transport-Security", "max-age=31536000");
  return lines;
}

}  // namespace

CollectorServer::CollectorServer(const ServedParts& parts, const ServerOptions& options)
    : data_(parts.data),
      fold_(parts.fold),
      ingest_(parts.ingest),
      rates_(options.rates),
      health_(parts.data),
      engines_(parts.journeys),
      device_engines_(parts.journeys, Target::device),
      metrics_(route_labels()),
      api_{
          .keys = parts.keys,
          .journal = parts.journal,
          .ingest = ingest_,
          .fold = parts.fold,
          .profiles = parts.profiles,
          .journeys = parts.journeys,
          .engines = engines_,
          .device_engines = device_engines_,
          .holds = holds_,
          .stream = stream_,
          .rates = rates_,
          .metrics = metrics_,
          .audit = parts.audit,
          .log = parts.log,
          .logs_requests = options.logs_requests,
          .now_ms = parts.now_ms,
      } {}

CollectorServer::~CollectorServer() {
  drain();
}

Result<std::unique_ptr<CollectorServer>> CollectorServer::start(const ServedParts& parts,
                                                                const ServerOptions& options) {
  std::unique_ptr<CollectorServer> server(new CollectorServer(parts, options));
  server->fold_.observe([raw = server.get()](const FoldedEvent& event) { raw->stream_.publish(event); },
                        [raw = server.get()] { return raw->stream_.is_watched(); });
  if (auto started = server->fold_.start(); !started) return tl::make_unexpected(std::move(started.error()));
  if (auto listening = server->listen(options); !listening) {
    return tl::make_unexpected(std::move(listening.error()));
  }
  server->ready_ = true;
  return server;
}

Result<void> CollectorServer::listen(const ServerOptions& options) {
  HttpServerOptions ops;
  ops.host = options.ops_host.empty() ? options.host : options.ops_host;
  ops.port = options.ops_port;
  ops.threads_max = kOpsThreadsMax;
  ops.threads_kept = 1;
  ops.connections_max = kOpsConnectionsMax;
  ops.drain_max = kDrainMax;
  ops.exchange.standing_headers = standing_headers(false);
  ops.exchange.body_bytes_max = kOpsBodyBytesMax;
  const OpsParts parts{api_, health_, ready_, data_, [this] { return connections(); }, options.tls};
  ops.exchange.handler = [parts](const HttpRequest& request) { return answer_ops(parts, request); };
  auto ops_server = HttpServer::start(std::move(ops));
  if (!ops_server) return tl::make_unexpected(std::move(ops_server.error()));
  ops_ = std::move(*ops_server);

  HttpServerOptions open;
  open.host = options.host;
  open.port = options.port;
  open.threads_max = kThreadsMax;
  open.threads_kept = kConnectionThreadsKept;
  open.connections_max = connections_allowed();
  open.drain_max = kDrainMax;
  open.exchange.standing_headers = standing_headers(options.tls != nullptr);
  open.tls = options.tls;
  open.exchange.body_bytes_max = ingest_.options().body_bytes_max;
  open.exchange.handler = [this](const HttpRequest& request) { return answer_request(api_, request); };
  open.exchange.trusted_proxies = options.trusted_proxies;
  auto public_server = HttpServer::start(std::move(open));
  if (!public_server) return tl::make_unexpected(std::move(public_server.error()));
  public_ = std::move(*public_server);
  return {};
}

ConnectionCounts CollectorServer::connections() const {
  return ready_ ? public_->connections() : ConnectionCounts{};
}

void CollectorServer::drain() {
  ready_ = false;
  stream_.close();
  if (public_) public_->stop();
  if (ops_) ops_->stop();
  fold_.stop();
}

}  // namespace desirepath::collector
