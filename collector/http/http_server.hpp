// One listener: HTTP in, HttpRequest to a handler, HttpAnswer out. All that is particular to the HTTP library
// is here.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "collector/error.hpp"
#include "collector/http/address_range.hpp"
#include "collector/http/exchange.hpp"

namespace desirepath::collector {

struct HttpServerOptions {
  std::string host = "127.0.0.1";
  int port = 0;  // 0: any free one
  std::size_t connections_max = 0;
  std::size_t threads_kept = 0;
  std::size_t body_bytes_max = 0;
  std::vector<AddressRange> trusted_proxies;  // whose word on the client's address counts
  // Called from many threads at a time.
  std::function<HttpAnswer(const HttpRequest&)> handler;
  // Whether a POST to this path has a body to be read; other POSTs go to the handler without one.
  std::function<bool(std::string_view path)> takes_body;
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
  // Takes no new connections and waits for the requests under way. Streams must have been ended before.
  void stop();

 private:
  class Listener;
  explicit HttpServer(std::unique_ptr<Listener> listener);
  std::unique_ptr<Listener> listener_;
};

}  // namespace desirepath::collector
