// HTTP by hand, over a socket: also what no client library would send.
#pragma once

#include <arpa/inet.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cstdlib>
#include <string>
#include <string_view>

namespace desirepath::collector::tests {

struct RawAnswer {
  int status = 0;  // 0: the connection was closed without an answer
  std::string head;
  std::string body;

  // The value of a header, empty where it is absent.
  std::string header(const std::string& name) const {
    const std::size_t at = head.find("\r\n" + name + ": ");
    if (at == std::string::npos) return {};
    const std::size_t begin = at + name.size() + 4;
    return head.substr(begin, head.find("\r\n", begin) - begin);
  }
};

class RawConnection {
 public:
  explicit RawConnection(int port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connected_ = ::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    const timeval patience{30, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  }
  RawConnection(RawConnection&& other) noexcept
      : socket_(std::exchange(other.socket_, -1)),
        connected_(other.connected_),
        read_(std::move(other.read_)) {}
  RawConnection& operator=(RawConnection&&) = delete;
  ~RawConnection() {
    if (socket_ >= 0) ::close(socket_);
  }
  bool connected() const { return connected_; }

  bool send(std::string_view text) {
    while (!text.empty()) {
      const ssize_t sent = ::send(socket_, text.data(), text.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      text.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }
  void end_sending() { ::shutdown(socket_, SHUT_WR); }

  // Reads until `text` came; false when the connection ends before.
  bool read_until(std::string_view text) {
    while (read_.find(text) == std::string::npos) {
      if (!read_more()) return false;
    }
    return true;
  }
  const std::string& so_far() const { return read_; }

  // One answer with Content-Length, or up to the end of the connection.
  RawAnswer answer() {
    RawAnswer answer;
    if (!read_until("\r\n\r\n")) return answer;
    const std::size_t head = read_.find("\r\n\r\n") + 4;
    answer.head = read_.substr(0, head);
    answer.status = std::atoi(answer.head.c_str() + sizeof "HTTP/1.1");
    const std::string length = answer.header("Content-Length");
    const std::size_t whole = length.empty() || answer.status == 304 ? head : head + std::stoul(length);
    while (read_.size() < whole && read_more()) {
    }
    answer.body = read_.substr(head, whole - head);
    read_.erase(0, whole);
    return answer;
  }

 private:
  bool read_more() {
    char buffer[16'384];
    const ssize_t received = ::recv(socket_, buffer, sizeof buffer, 0);
    if (received <= 0) return false;
    read_.append(buffer, static_cast<std::size_t>(received));
    return true;
  }
  int socket_;
  bool connected_ = false;
  std::string read_;
};

inline RawAnswer ask(int port, const std::string& request) {
  RawConnection connection(port);
  connection.send(request);
  return connection.answer();
}

inline RawAnswer get(int port, const std::string& target, const std::string& headers = "") {
  return ask(port, "GET " + target + " HTTP/1.1\r\nHost: x\r\n" + headers + "\r\n");
}

inline RawAnswer post(int port, const std::string& target, const std::string& body,
                      const std::string& headers = "") {
  return ask(port, "POST " + target + " HTTP/1.1\r\nHost: x\r\n" + headers +
                       "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
}

}  // namespace desirepath::collector::tests
