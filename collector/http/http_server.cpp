#include "collector/http/http_server.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <mutex>
#include <set>
#include <thread>

#include "collector/http/client_connection.hpp"
#include "collector/http/connection_threads.hpp"
#include "collector/http/idle_connections.hpp"
#include "collector/http/limits.hpp"
#include "collector/http/listening_socket.hpp"

namespace desirepath::collector {
namespace {

using Client = std::unique_ptr<ClientConnection>;

constexpr std::chrono::milliseconds kDrainCheck{5};

// Sockets whose requests are being answered; so that a drain that takes too long can end them.
class ServedSockets {
 public:
  void add(int socket) {
    const std::lock_guard lock(mutex_);
    sockets_.insert(socket);
  }
  void remove(int socket) {
    const std::lock_guard lock(mutex_);
    sockets_.erase(sockets_.find(socket));
  }
  std::size_t count() const {
    const std::lock_guard lock(mutex_);
    return sockets_.size();
  }
  void shut_down() {
    const std::lock_guard lock(mutex_);
    for (const int socket : sockets_) ::shutdown(socket, SHUT_RDWR);
  }

 private:
  mutable std::mutex mutex_;
  std::multiset<int> sockets_;  // one that was parked may be served again before its thread has let it go
};

}  // namespace

class HttpServer::Listener {
 public:
  Listener(HttpServerOptions options, ListeningSocket socket)
      : options_(std::move(options)),
        socket_(std::move(socket)),
        exchange_(options_.exchange),
        threads_({options_.threads_max, options_.threads_kept, kConnectionsWaitingMax}),
        idle_(
            {options_.connections_max, kUnfinishedBytesMax},
            [this](Client connection) { enqueue(std::move(connection)); },
            [this](ClientConnection& connection) { write_refusal(connection, 408); }) {}
  ~Listener() { stop(); }

  Result<void> start() {
    stop_event_ = ::eventfd(0, EFD_CLOEXEC);
    if (stop_event_ < 0) return failure(ErrorCode::io, "the system gives no event descriptor");
    if (auto started = idle_.start(); !started) return started;
    thread_ = std::thread([this] { accept_connections(); });
    return {};
  }

  void stop() {
    if (thread_.joinable()) {
      is_draining_ = true;
      const std::uint64_t one = 1;
      (void)!::write(stop_event_, &one, sizeof one);
      thread_.join();
      idle_.drain();
      const auto until = std::chrono::steady_clock::now() + options_.drain_max;
      while ((idle_.count() > 0 || served_.count() > 0) && std::chrono::steady_clock::now() < until) {
        std::this_thread::sleep_for(kDrainCheck);
      }
      served_.shut_down();
    }
    idle_.stop();
    threads_.finish();
    if (stop_event_ >= 0) ::close(std::exchange(stop_event_, -1));
  }

  const HttpServerOptions& options() const { return options_; }
  int port() const { return socket_.port(); }
  ConnectionCounts connections() const { return {idle_.count(), served_.count()}; }

 private:
  void accept_connections() {
    pollfd events[] = {{socket_.descriptor(), POLLIN, 0}, {stop_event_, POLLIN, 0}};
    while (true) {
      if (::poll(events, 2, -1) < 0 && errno != EINTR) return;
      if (events[1].revents != 0) return;
      auto accepted = socket_.accept();
      if (accepted.socket < 0) {
        // Out of descriptors: those that idle are closed meanwhile.
        if (errno == EMFILE || errno == ENFILE) std::this_thread::sleep_for(kAcceptPause);
        continue;
      }
      TlsSession tls = options_.tls != nullptr ? options_.tls->session(accepted.socket) : nullptr;
      auto connection = std::make_unique<ClientConnection>(accepted.socket, std::move(accepted.peer),
                                                           options_.exchange.body_bytes_max, std::move(tls));
      idle_.park(std::move(connection));
    }
  }

  void enqueue(Client connection) {
    // A std::function can be copied, so the connection is held by something that can be.
    auto held = std::make_shared<Client>(std::move(connection));
    threads_.enqueue([this, held] { serve(std::move(*held)); });
  }

  void serve(Client connection) {
    const int socket = connection->socket();
    served_.add(socket);
    if (read_and_answer(*connection)) idle_.park(std::move(connection));
    // Removed before it is closed: the number may be another's at once.
    served_.remove(socket);
  }

  // True when it waits for bytes; else it is to be closed.
  bool read_and_answer(ClientConnection& connection) {
    for (;;) {
      switch (connection.read_request()) {
        case ClientConnection::Reading::waiting: return true;
        case ClientConnection::Reading::closed: return false;
        case ClientConnection::Reading::refused:
          write_refusal(connection, connection.refusal());
          connection.end_after_refusal();
          return false;
        case ClientConnection::Reading::whole: break;
      }
      const bool closes = !connection.head().keeps_alive || is_draining_;
      if (!exchange_.answer(connection, closes)) return false;
      connection.finish_request();
      // The next request of a busy client is nearly there: waiting is cheaper than parking.
      if (!is_draining_) connection.wait_readable(kNextRequestWait);
    }
  }

  void write_refusal(ClientConnection& connection, int status) const {
    connection.write(refusal_bytes(status, options_.exchange.standing_headers));
  }

  const HttpServerOptions options_;
  const ListeningSocket socket_;
  RequestExchange exchange_;
  std::atomic<bool> is_draining_{false};
  int stop_event_ = -1;
  ServedSockets served_;
  ConnectionThreads threads_;
  IdleConnections idle_;
  std::thread thread_;
};

HttpServer::HttpServer(std::unique_ptr<Listener> listener) : listener_(std::move(listener)) {}
HttpServer::~HttpServer() = default;

Result<std::unique_ptr<HttpServer>> HttpServer::start(HttpServerOptions options) {
  auto socket = ListeningSocket::open(options.host, options.port);
  if (!socket) return tl::make_unexpected(std::move(socket.error()));
  auto listener = std::make_unique<Listener>(std::move(options), std::move(*socket));
  if (auto started = listener->start(); !started) return tl::make_unexpected(std::move(started.error()));
  return std::unique_ptr<HttpServer>(new HttpServer(std::move(listener)));
}

int HttpServer::port() const {
  return listener_->port();
}

std::string HttpServer::url() const {
  const std::string& host = listener_->options().host;
  const bool bracketed = host.find(':') != std::string::npos;
  const char* scheme = listener_->options().tls != nullptr ? "https://" : "http://";
  return scheme + (bracketed ? "[" + host + "]" : host) + ":" + std::to_string(port());
}

ConnectionCounts HttpServer::connections() const {
  return listener_->connections();
}

void HttpServer::stop() {
  listener_->stop();
}

}  // namespace desirepath::collector
