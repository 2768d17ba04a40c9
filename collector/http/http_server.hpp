// One listener: HTTP/1.1 in, HttpRequest to a handler, HttpAnswer out.
//
// The HTTP library reads the requests and writes the answers (request_exchange.hpp). Before it,
// connections are watched by one thread until there are bytes of theirs; a thread is taken for a request that
// has come whole, and given back after its answer. So half-open and silent connections cost a socket each,
// slow ones end at deadlines that count from the first byte, and what all of them hold together is bounded
// (limits.hpp). Pipelined requests are answered in their order.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "collector/error.hpp"
#include "collector/http/request_exchange.hpp"
#include "collector/http/tls_certificate.hpp"

namespace desirepath::collector {

struct HttpServerOptions {
  std::string host = "127.0.0.1";
  int port = 0;                            // 0: any free one
  std::size_t threads_max = 0;             // requests answered at a time
  std::size_t threads_kept = 0;            // while nothing happens
  std::size_t connections_max = 0;         // that wait for bytes
  std::chrono::milliseconds drain_max{0};  // how long stop() waits for requests under way
  const TlsCertificate* tls = nullptr;     // null: plain
  ExchangeOptions exchange;
};

struct ConnectionCounts {
  std::size_t waiting = 0;  // for bytes
  std::size_t served = 0;   // with a request that is being answered
};

class HttpServer {
 public:
  // Binds, listens and serves on threads of its own. ErrorCode::io where the port cannot be had.
  static Result<std::unique_ptr<HttpServer>> start(HttpServerOptions options);
  ~HttpServer();  // stops
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  int port() const;
  // "http://127.0.0.1:8080"
  std::string url() const;
  ConnectionCounts connections() const;
  // Takes no new connections and waits for the requests under way, of those that take too long no longer than
  // drain_max. Streams must have been ended before.
  void stop();

 private:
  class Listener;
  explicit HttpServer(std::unique_ptr<Listener> listener);
  std::unique_ptr<Listener> listener_;
};

}  // namespace desirepath::collector
