#include "tests/bench/load_client.hpp"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <stdexcept>
#include <string_view>

namespace desirepath::bench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::seconds kAnswerWait{30};

struct Connection {
  int socket = -1;
  std::string received;
  std::size_t request = 0;  // under way
  Clock::time_point sent{};
};

void send_request(const Connection& connection, std::string_view request) {
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

namespace {

// The connections with what they have under way.
class Sending {
 public:
  Sending(int port, const std::vector<std::string>& requests, std::size_t connections, double per_second)
      : requests_(requests), per_second_(per_second), all_(std::min(connections, requests.size())) {
    for (std::size_t i = 0; i < all_.size(); ++i) {
      all_[i].socket = connect_to(port);
      epoll_event event{};
      event.events = EPOLLIN;
      event.data.u64 = i;
      ::epoll_ctl(epoll_, EPOLL_CTL_ADD, all_[i].socket, &event);
      idle_.push_back(i);
    }
    result_.latencies_ms.reserve(requests.size());
  }
  ~Sending() {
    for (const Connection& connection : all_) ::close(connection.socket);
    ::close(epoll_);
  }
  Sending(const Sending&) = delete;
  Sending& operator=(const Sending&) = delete;

  LoadResult run() {
    begin_ = Clock::now();
    auto heard = begin_;
    std::array<epoll_event, 256> events{};
    while (result_.answered + result_.failed < requests_.size()) {
      send_due();
      const int ready = ::epoll_wait(epoll_, events.data(), events.size(), patience_ms());
      if (ready > 0) heard = Clock::now();
      if (Clock::now() - heard > kAnswerWait) throw std::runtime_error("no answer for 30 s");
      for (int i = 0; i < ready; ++i) receive(events[static_cast<std::size_t>(i)].data.u64);
    }
    result_.seconds = std::chrono::duration<double>(Clock::now() - begin_).count();
    return std::move(result_);
  }

 private:
  Clock::time_point due() const {
    if (per_second_ <= 0) return begin_;
    return begin_ + std::chrono::duration_cast<Clock::duration>(
                        std::chrono::duration<double>(static_cast<double>(next_) / per_second_));
  }

  // A request that waits for a connection is late already: its latency counts from when it was due.
  void send_due() {
    while (next_ < requests_.size() && !idle_.empty() && due() <= Clock::now()) {
      Connection& connection = all_[idle_.back()];
      idle_.pop_back();
      connection.sent = per_second_ > 0 ? due() : Clock::now();
      connection.request = next_++;
      send_request(connection, requests_[connection.request]);
    }
  }

  int patience_ms() const {
    if (next_ == requests_.size() || idle_.empty()) return 1'000;
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(due() - Clock::now());
    return static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 1'000));
  }

  void receive(std::size_t index) {
    Connection& connection = all_[index];
    std::array<char, 16'384> buffer;
    const ssize_t received = ::recv(connection.socket, buffer.data(), buffer.size(), 0);
    if (received <= 0) throw std::runtime_error("the collector closed a connection");
    connection.received.append(buffer.data(), static_cast<std::size_t>(received));
    const std::size_t bytes = response_bytes(connection.received);
    if (bytes == 0) return;
    const bool is_answered = connection.received.starts_with("HTTP/1.1 200 ");
    ++(is_answered ? result_.answered : result_.failed);
    connection.received.erase(0, bytes);
    const std::chrono::duration<double, std::milli> latency = Clock::now() - connection.sent;
    if (is_answered) {
      result_.latencies_ms.push_back(latency.count());
    } else {
      result_.refused.push_back(connection.request);
    }
    idle_.push_back(index);
  }

  const std::vector<std::string>& requests_;
  const double per_second_;
  const int epoll_ = ::epoll_create1(0);
  std::vector<Connection> all_;
  std::vector<std::size_t> idle_;
  std::size_t next_ = 0;  // of the requests, to be sent
  Clock::time_point begin_;
  LoadResult result_;
};

}  // namespace

LoadResult send_all(int port, const std::vector<std::string>& requests, std::size_t connections,
                    double per_second) {
  return Sending(port, requests, connections, per_second).run();
}

SilentConnections::SilentConnections(int port, std::size_t count, std::string_view words) {
  for (std::size_t i = 0; i < count; ++i) {
    sockets_.push_back(connect_to(port));
    if (!words.empty() && ::send(sockets_.back(), words.data(), words.size(), MSG_NOSIGNAL) <= 0) {
      throw std::runtime_error("the collector closed a connection");
    }
  }
}

SilentConnections::~SilentConnections() {
  for (const int socket : sockets_) ::close(socket);
}

}  // namespace desirepath::bench
