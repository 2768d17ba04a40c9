#include "collector/http/http_server.hpp"

#include <cerrno>
#include <chrono>
#include <cstring>
#include <exception>
#include <thread>

#include "collector/http/answers.hpp"
#include "collector/http/client_address.hpp"
#include "collector/http/connection_threads.hpp"
#include "collector/http/event_stream.hpp"
#include "collector/http/httplib_config.hpp"
#include "collector/http/limits.hpp"

namespace desirepath::collector {
namespace {

constexpr const char* kEncodingAside = "X-Encoding-As-Sent";

class ConnectionQueue final : public httplib::TaskQueue {
 public:
  explicit ConnectionQueue(ConnectionThreads::Limits limits) : threads_(limits) {}
  bool enqueue(std::function<void()> job) override { return threads_.enqueue(std::move(job)); }
  void shutdown() override { threads_.finish(); }

 private:
  ConnectionThreads threads_;
};

// Header values live in the request; a missing one is empty.
std::string_view header(const httplib::Request& request, const char* name) {
  const auto found = request.headers.find(name);
  return found == request.headers.end() ? std::string_view() : std::string_view(found->second);
}

// All values of headers of this name, as one list.
std::string header_list(const httplib::Request& request, const char* name) {
  std::string list;
  const auto [begin, end] = request.headers.equal_range(name);
  for (auto each = begin; each != end; ++each) list += (list.empty() ? "" : ", ") + each->second;
  return list;
}

std::string client_of(const httplib::Request& request, const std::vector<AddressRange>& trusted) {
  if (trusted.empty()) return request.remote_addr;
  const std::string forwarded = header_list(request, "Forwarded");
  const std::string x_forwarded_for = header_list(request, "X-Forwarded-For");
  return client_address(request.remote_addr, {forwarded, x_forwarded_for}, trusted);
}

HttpRequest request_of(const httplib::Request& from, std::string_view body, std::string_view client) {
  HttpRequest request;
  request.method = from.method == "HEAD" ? std::string_view("GET") : std::string_view(from.method);
  const std::string_view target = from.target;
  const std::size_t question = target.find('?');
  request.path = target.substr(0, question);
  if (question != std::string_view::npos) request.query = target.substr(question + 1);
  request.body = body;
  request.authorization = header(from, "Authorization");
  request.content_encoding = header(from, kEncodingAside);
  request.if_none_match = header(from, "If-None-Match");
  request.user_agent = header(from, "User-Agent");
  request.client_address = client;
  request.origin = header(from, "Origin");
  return request;
}

void write_answer(HttpAnswer answer, httplib::Response& response) {
  response.status = answer.status;
  for (const auto& [name, value] : answer.headers) response.set_header(name, value);
  if (answer.pulled) {
    response.set_chunked_content_provider(
        answer.content_type, [body = std::move(answer.pulled)](std::size_t, httplib::DataSink& sink) {
          std::string piece;
          const auto more = body->next(piece);
          if (!more) return false;
          if (!piece.empty() && !sink.write(piece.data(), piece.size())) return false;
          if (!*more) sink.done();
          return true;
        });
  } else if (answer.stream) {
    response.set_chunked_content_provider(
        answer.content_type, [client = std::move(answer.stream)](std::size_t, httplib::DataSink& sink) {
          const auto text = client->next(kStreamHeartbeat);
          if (text) return sink.write(text->data(), text->size());
          sink.done();
          return true;
        });
  } else if (answer.status != 204 && answer.status != 304) {
    response.set_content(std::move(answer.body), answer.content_type);
  }
}

// The body, or nothing where the client did not send all of it in time; the response then has its status.
bool read_body(const httplib::ContentReader& reader, std::string& body) {
  const auto deadline = std::chrono::steady_clock::now() + kBodyDeadline;
  return reader([&](const char* data, std::size_t size) {
    body.append(data, size);
    return std::chrono::steady_clock::now() < deadline;
  });
}

}  // namespace

class HttpServer::Listener {
 public:
  explicit Listener(HttpServerOptions options) : options_(std::move(options)) { configure(); }
  ~Listener() { stop(); }

  Result<void> start() {
    errno = 0;
    const bool any = options_.port == 0;
    const int bound = any ? server_.bind_to_any_port(options_.host)
                      : server_.bind_to_port(options_.host, options_.port) ? options_.port
                                                                           : -1;
    if (bound <= 0) {
      const std::string why = errno != 0 ? std::strerror(errno) : "the address is not understood";
      return failure(ErrorCode::io, "cannot listen on " + options_.host + ":" +
                                        std::to_string(options_.port) + ": " + why + "; choose another port");
    }
    options_.port = bound;
    thread_ = std::thread([this] { server_.listen_after_bind(); });
    server_.wait_until_ready();
    return {};
  }
  void stop() {
    if (!thread_.joinable()) return;
    server_.stop();
    thread_.join();
  }
  const HttpServerOptions& options() const { return options_; }

 private:
  void configure() {
    // Only what restarting needs: with SO_REUSEPORT two collectors would share a port and nobody would know.
    server_.set_socket_options([](socket_t socket) {
      const int yes = 1;
      ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    });
    const ConnectionThreads::Limits limits{options_.connections_max, options_.threads_kept,
                                           kConnectionsWaitingMax};
    server_.new_task_queue = [limits]() -> httplib::TaskQueue* { return new ConnectionQueue(limits); };
    server_.set_keep_alive_timeout(kKeepAlive.count());
    server_.set_keep_alive_max_count(kRequestsPerConnection);
    server_.set_read_timeout(kReadTimeout);
    server_.set_write_timeout(kWriteTimeout);
    server_.set_payload_max_length(options_.body_bytes_max);
    server_.set_pre_routing_handler([this](const httplib::Request& request, httplib::Response& response) {
      return before_body(request, response);
    });
    // Everything with a body that is wanted comes here; before_body() has answered all else.
    server_.Post("/.*",
                 [this](const httplib::Request& request, httplib::Response& response,
                        const httplib::ContentReader& reader) { with_body(request, response, reader); });
    server_.set_error_handler([](const httplib::Request&, httplib::Response& response) {
      if (!response.body.empty()) return httplib::Server::HandlerResponse::Unhandled;
      response.set_content(error_body(error_of_status(response.status)), "application/json");
      response.set_header("Access-Control-Allow-Origin", "*");
      return httplib::Server::HandlerResponse::Handled;
    });
    server_.set_exception_handler(
        [](const httplib::Request&, httplib::Response& response, std::exception_ptr) {
          response.status = 500;
          response.set_content(error_body(error_of_status(500)), "application/json");
        });
  }

  httplib::Server::HandlerResponse before_body(const httplib::Request& request, httplib::Response& response) {
    const std::string client = client_of(request, options_.trusted_proxies);
    const HttpRequest plain = request_of(request, {}, client);
    if (request.method == "POST" && options_.takes_body && options_.takes_body(plain.path)) {
      if (request.get_header_value_u64("Content-Length") > options_.body_bytes_max) {
        write_answer(error_answer(error_of_status(413)), response);
        response.set_header("Access-Control-Allow-Origin", "*");
        return httplib::Server::HandlerResponse::Handled;
      }
      // The library would refuse gzip, or inflate it without this project's limits: it is kept from seeing
      // it. Requests are made non-const by the library itself.
      auto& headers = const_cast<httplib::Request&>(request).headers;
      headers.erase(kEncodingAside);
      if (auto encoding = headers.extract("Content-Encoding")) {
        encoding.key() = kEncodingAside;
        headers.insert(std::move(encoding));
      }
      return httplib::Server::HandlerResponse::Unhandled;
    }
    write_answer(options_.handler(plain), response);
    return httplib::Server::HandlerResponse::Handled;
  }

  void with_body(const httplib::Request& request, httplib::Response& response,
                 const httplib::ContentReader& reader) {
    std::string body;
    if (!read_body(reader, body)) {
      if (response.status < 400) response.status = 400;
      return;
    }
    const std::string client = client_of(request, options_.trusted_proxies);
    write_answer(options_.handler(request_of(request, body, client)), response);
  }

  HttpServerOptions options_;
  httplib::Server server_;
  std::thread thread_;
};

HttpServer::HttpServer(std::unique_ptr<Listener> listener) : listener_(std::move(listener)) {}
HttpServer::~HttpServer() = default;

Result<std::unique_ptr<HttpServer>> HttpServer::start(HttpServerOptions options) {
  auto listener = std::make_unique<Listener>(std::move(options));
  if (auto started = listener->start(); !started) return tl::make_unexpected(std::move(started.error()));
  return std::unique_ptr<HttpServer>(new HttpServer(std::move(listener)));
}

int HttpServer::port() const {
  return listener_->options().port;
}

std::string HttpServer::url() const {
  const std::string& host = listener_->options().host;
  const bool bracketed = host.find(':') != std::string::npos;
  return "http://" + (bracketed ? "[" + host + "]" : host) + ":" + std::to_string(port());
}

void HttpServer::stop() {
  listener_->stop();
}

}  // namespace desirepath::collector
