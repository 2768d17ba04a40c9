// Connections that wait for bytes: one thread watches them all, so that a silent one costs its socket and
// some hundred bytes.
#pragma once

#include <cstddef>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <thread>
#include <unordered_map>

#include "collector/error.hpp"
#include "collector/http/client_connection.hpp"

namespace desirepath::collector {

struct IdleLimits {
  std::size_t connections_max;       // beyond it, the one that waited longest is closed for the new one
  std::size_t unfinished_bytes_max;  // of all requests that are not whole; likewise, the oldest of the large
};

class IdleConnections {
 public:
  using Connection = std::unique_ptr<ClientConnection>;

  // `wake` gets a connection when there are bytes of it, and may block for no longer than a moment. `expire`
  // gets one whose deadline has passed amid a request; it is closed afterwards.
  IdleConnections(IdleLimits limits, std::function<void(Connection)> wake,
                  std::function<void(ClientConnection&)> expire);
  ~IdleConnections();
  IdleConnections(const IdleConnections&) = delete;
  IdleConnections& operator=(const IdleConnections&) = delete;

  // ErrorCode::io where the system gives no watcher.
  Result<void> start();
  void park(Connection connection);
  // Closes those between two requests, now and from now on; others are waited for until their deadlines.
  void drain();
  // Closes all and ends the thread.
  void stop();
  std::size_t count() const;

 private:
  using Parked = std::list<Connection>;
  void watch();
  void wake_ready(int socket);
  void expire_late();
  // With the mutex held.
  Connection take(Parked::iterator each);
  void make_room();

  const IdleLimits limits_;
  const std::function<void(Connection)> wake_;
  const std::function<void(ClientConnection&)> expire_;
  int epoll_ = -1;
  int stop_event_ = -1;
  mutable std::mutex mutex_;
  Parked parked_;  // in the order of their parking
  std::unordered_map<int, Parked::iterator> by_socket_;
  std::size_t unfinished_bytes_ = 0;
  bool is_draining_ = false;
  bool is_stopped_ = false;
  std::thread thread_;
};

}  // namespace desirepath::collector
