// A byte of where the client pauses, then all it sends on one connection. The gate and the HTTP library
// behind it agree: of each request that the gate lets through, the library's handler is asked once, for the
// same method, target, headers and body, or the request is refused and the connection ends. Where the client
// pauses changes nothing.
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <string>
#include <vector>

#include "collector/http/client_connection.hpp"
#include "collector/http/request_exchange.hpp"
#include "tests/fuzz/accepted.hpp"

using namespace desirepath;
using namespace desirepath::collector;

namespace {

constexpr std::size_t kBodyMax = 4'096;
constexpr std::size_t kInputMax = 32'768;  // fits a socket's buffer

// A request as the handler is asked, or as the gate read it.
struct Asked {
  std::string method, target, body, authorization, user_agent, origin, encoding;
  bool operator==(const Asked&) const = default;
};

std::vector<Asked> g_asked;

HttpAnswer note(const HttpRequest& request) {
  std::string target(request.path);
  if (!request.query.empty()) target.append("?").append(request.query);
  g_asked.push_back({std::string(request.method), target, std::string(request.body),
                     std::string(request.authorization), std::string(request.user_agent),
                     std::string(request.origin), std::string(request.content_encoding)});
  return HttpAnswer{};
}

Asked as_read(const ClientConnection& connection) {
  const RequestHead& head = connection.head();
  const bool has_body = head.method != "GET" && head.method != "HEAD" && head.method != "OPTIONS";
  std::string target(head.target);
  if (target.ends_with('?') && target.find('?') == target.size() - 1)
    target.pop_back();  // an empty query is none
  const auto text = [&](std::string_view name) { return std::string(head.header(name)); };
  return {head.method == "HEAD" ? "GET" : std::string(head.method),
          target,
          has_body ? std::string(connection.body()) : std::string(),
          text("authorization"),
          text("user-agent"),
          text("origin"),
          text("content-encoding")};
}

void drain(int socket) {
  char bytes[4'096];
  while (::recv(socket, bytes, sizeof bytes, MSG_DONTWAIT) > 0) {
  }
}

// Which requests were answered, and how the connection ended.
struct Told {
  std::vector<Asked> asked;
  int refusal = 0;
  bool operator==(const Told&) const = default;
};

Told talk(RequestExchange& exchange, std::string_view first, std::string_view second) {
  int pair[2];
  fuzz::require(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair) == 0, "there are sockets");
  Told told;
  {
    ClientConnection connection(pair[0], "192.0.2.1", kBodyMax, nullptr);
    const auto send = [&](std::string_view bytes) {
      const ssize_t sent = ::send(pair[1], bytes.data(), bytes.size(), MSG_NOSIGNAL);
      fuzz::require(bytes.empty() || sent == static_cast<ssize_t>(bytes.size()), "the client can send all");
    };
    send(first);
    bool is_second_sent = false;
    for (bool goes_on = true; goes_on;) {
      const auto reading = connection.read_request();
      if (reading == ClientConnection::Reading::waiting && !is_second_sent) {
        is_second_sent = true;
        send(second);
        continue;
      }
      if (reading == ClientConnection::Reading::refused) told.refusal = connection.refusal();
      if (reading != ClientConnection::Reading::whole) break;
      const Asked read = as_read(connection);
      const bool had_encoding = !read.encoding.empty();
      g_asked.clear();
      goes_on = exchange.answer(connection, !connection.head().keeps_alive);
      fuzz::require(g_asked.size() <= 1, "one request is one question");
      if (!g_asked.empty()) {
        fuzz::require(g_asked[0] == read || had_encoding, "the library reads what the gate read");
        told.asked.push_back(g_asked[0]);
      }
      drain(pair[1]);
      connection.finish_request();
    }
  }
  ::close(pair[1]);
  return told;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static RequestExchange exchange({kBodyMax, {}, {}, note});
  if (size == 0 || size > kInputMax) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data + 1), size - 1);
  const std::size_t pause = text.size() * data[0] / 255;
  const Told whole = talk(exchange, text, {});
  const Told paused = talk(exchange, text.substr(0, pause), text.substr(pause));
  fuzz::require(whole == paused, "where the client pauses changes nothing");
  return 0;
}
