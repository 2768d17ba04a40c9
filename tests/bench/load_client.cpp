#include "tests/bench/load_client.hpp"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <chrono>
#include <stdexcept>
#include <string_view>

namespace desirepath::bench {
namespace {

using Clock = std::chrono::steady_clock;

struct Connection {
  int socket = -1;
  std::string received;
  Clock::time_point sent{};
};

int connect_to(int port) {
  const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    throw std::runtime_error("the load cannot connect");
  }
  const int yes = 1;
  ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  return socket;
}

void send_request(Connection& connection, std::string_view request) {
  connection.sent = Clock::now();
  while (!request.empty()) {
    const ssize_t sent = ::send(connection.socket, request.data(), request.size(), MSG_NOSIGNAL);
    if (sent <= 0) throw std::runtime_error("the collector closed a connection");
    request.remove_prefix(static_cast<std::size_t>(sent));
  }
}

// Bytes of the first whole response in `text`, 0 where it is not whole yet.
std::size_t response_bytes(std::string_view text) {
  const std::size_t head = text.find("\r\n\r\n");
  if (head == std::string_view::npos) return 0;
  constexpr std::string_view kLength = "Content-Length: ";
  const std::size_t at = text.find(kLength);
  std::size_t length = 0;
  if (at == std::string_view::npos || at > head) throw std::runtime_error("a response without length");
  std::from_chars(text.data() + at + kLength.size(), text.data() + head, length);
  const std::size_t bytes = head + 4 + length;
  return text.size() < bytes ? 0 : bytes;
}

}  // namespace

LoadResult send_all(int port, const std::vector<std::string>& requests, std::size_t connections) {
  LoadResult result;
  result.latencies_ms.reserve(requests.size());
  std::vector<Connection> all(std::min(connections, requests.size()));
  const int epoll = ::epoll_create1(0);
  std::size_t next = 0;
  for (std::size_t i = 0; i < all.size(); ++i) {
    all[i].socket = connect_to(port);
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = i;
    ::epoll_ctl(epoll, EPOLL_CTL_ADD, all[i].socket, &event);
  }
  const auto begin = Clock::now();
  for (Connection& connection : all) send_request(connection, requests[next++]);
  std::array<epoll_event, 256> events{};
  while (result.answered + result.failed < requests.size()) {
    const int ready = ::epoll_wait(epoll, events.data(), events.size(), 30'000);
    if (ready <= 0) throw std::runtime_error("no answer for 30 s");
    for (int i = 0; i < ready; ++i) {
      Connection& connection = all[events[static_cast<std::size_t>(i)].data.u64];
      std::array<char, 4'096> buffer;
      const ssize_t received = ::recv(connection.socket, buffer.data(), buffer.size(), 0);
      if (received <= 0) throw std::runtime_error("the collector closed a connection");
      connection.received.append(buffer.data(), static_cast<std::size_t>(received));
      const std::size_t bytes = response_bytes(connection.received);
      if (bytes == 0) continue;
      ++(connection.received.starts_with("HTTP/1.1 200 ") ? result.answered : result.failed);
      connection.received.erase(0, bytes);
      const std::chrono::duration<double, std::milli> latency = Clock::now() - connection.sent;
      result.latencies_ms.push_back(latency.count());
      if (next < requests.size()) send_request(connection, requests[next++]);
    }
  }
  result.seconds = std::chrono::duration<double>(Clock::now() - begin).count();
  for (const Connection& connection : all) ::close(connection.socket);
  ::close(epoll);
  return result;
}

}  // namespace desirepath::bench
