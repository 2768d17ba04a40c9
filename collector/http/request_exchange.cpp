#include "collector/http/request_exchange.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "collector/http/answers.hpp"
#include "collector/http/client_address.hpp"
#include "collector/http/client_connection.hpp"
#include "collector/http/event_stream.hpp"
#include "collector/http/httplib_config.hpp"
#include "collector/http/limits.hpp"

namespace desirepath::collector {
namespace {

static_assert(kTargetBytesMax == CPPHTTPLIB_REQUEST_URI_MAX_LENGTH);
static_assert(kHeaderBytesMax == CPPHTTPLIB_HEADER_MAX_LENGTH);
static_assert(kHeadersMax == CPPHTTPLIB_HEADER_MAX_COUNT);

constexpr const char* kEncodingAside = "X-Encoding-As-Sent";

// A whole request as the library reads it: nothing ever has to be waited for, and nothing of the next request
// is in it. A body that came in chunks is shown as one chunk.
class WholeRequest final : public httplib::Stream {
 public:
  explicit WholeRequest(ClientConnection& connection) : connection_(connection) {
    const std::string_view body = connection.body();
    pieces_ = {connection.head_text(), {}, body, {}};
    if (!connection.head().is_chunked) return;
    const auto end =
        std::to_chars(size_line_.data(), size_line_.data() + size_line_.size(), body.size(), 16).ptr;
    const std::size_t digits = static_cast<std::size_t>(end - size_line_.data());
    size_line_[digits] = '\r';
    size_line_[digits + 1] = '\n';
    if (!body.empty()) pieces_[1] = {size_line_.data(), digits + 2};
    pieces_[3] = body.empty() ? "0\r\n\r\n" : "\r\n0\r\n\r\n";
  }

  bool is_readable() const override { return true; }
  bool wait_readable() const override { return true; }
  bool wait_writable() const override { return true; }

  ssize_t read(char* into, std::size_t size) override {
    while (at_ < pieces_.size() && pieces_[at_].empty()) ++at_;
    if (at_ == pieces_.size()) return 0;
    std::string_view& piece = pieces_[at_];
    const std::size_t taken = piece.copy(into, size);
    piece.remove_prefix(taken);
    return static_cast<ssize_t>(taken);
  }

  ssize_t write(const char* bytes, std::size_t size) override {
    return connection_.write({bytes, size}) ? static_cast<ssize_t>(size) : -1;
  }

  void get_remote_ip_and_port(std::string& ip, int& port) const override {
    ip = connection_.peer();
    port = 0;
  }
  void get_local_ip_and_port(std::string& ip, int& port) const override {
    ip.clear();
    port = 0;
  }
  socket_t socket() const override { return connection_.socket(); }
  time_t duration() const override { return 0; }

 private:
  ClientConnection& connection_;
  std::array<std::string_view, 4> pieces_;  // head, size of the chunk, body, end of the chunks
  std::size_t at_ = 0;
  std::array<char, 20> size_line_{};
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
  request.last_event_id = header(from, "Last-Event-ID");
  request.write_key = header(from, "X-Write-Key");
  request.user_agent = header(from, "User-Agent");
  request.client_address = client;
  request.origin = header(from, "Origin");
  return request;
}

// A body of unknown length: in chunks, or up to the connection's end for who speaks HTTP/1.0.
void write_stream(const httplib::Request& request, const std::string& content_type,
                  httplib::ContentProviderWithoutLength provider, httplib::Response& response) {
  if (request.version == "HTTP/1.0") {
    response.set_content_provider(content_type, std::move(provider));
  } else {
    response.set_chunked_content_provider(content_type, std::move(provider));
  }
}

void write_answer(HttpAnswer answer, const httplib::Request& request, httplib::Response& response) {
  response.status = answer.status;
  for (const auto& [name, value] : answer.headers) response.set_header(name, value);
  if (answer.pulled) {
    const auto pull = [body = std::move(answer.pulled)](std::size_t, httplib::DataSink& sink) {
      std::string piece;
      const auto more = body->next(piece);
      if (!more) return false;
      if (!piece.empty() && !sink.write(piece.data(), piece.size())) return false;
      if (!*more) sink.done();
      return true;
    };
    write_stream(request, answer.content_type, pull, response);
  } else if (answer.stream) {
    const auto follow = [client = std::move(answer.stream)](std::size_t, httplib::DataSink& sink) {
      const auto text = client->next(kStreamHeartbeat);
      if (text) return sink.write(text->data(), text->size());
      sink.done();
      return true;
    };
    write_stream(request, answer.content_type, follow, response);
  } else if (answer.status != 204 && answer.status != 304) {
    response.set_content(std::move(answer.body), answer.content_type);
  }
}

bool may_have_body(const httplib::Request& request) {
  return request.method != "GET" && request.method != "HEAD" && request.method != "OPTIONS";
}

// Header values as they were sent: the library takes them for parts of URLs and decodes their percent signs.
void restore_headers(httplib::Request& request, const RequestHead& head) {
  for (const auto& [name, value] : head.headers) request.headers.erase(std::string(name));
  for (const auto& [name, value] : head.headers) request.headers.emplace(name, value);
}

// What the library would do of itself is kept from it: it would refuse gzip or inflate it without this
// project's limits, say "100 Continue" a second time, take up another protocol, and cut answers to ranges.
void set_aside(httplib::Request& request) {
  request.headers.erase(kEncodingAside);
  if (auto encoding = request.headers.extract("Content-Encoding")) {
    encoding.key() = kEncodingAside;
    request.headers.insert(std::move(encoding));
  }
  request.headers.erase("Expect");
  request.headers.erase("Upgrade");
  request.ranges.clear();
}

}  // namespace

class RequestExchange::Library final : public httplib::Server {
 public:
  explicit Library(ExchangeOptions options) : options_(std::move(options)) {
    svr_sock_ = 0;  // it does not listen, and would take that for shutting down
    set_keep_alive_timeout(kKeepAlive.count());
    set_payload_max_length(options_.body_bytes_max);
    set_pre_routing_handler([this](const httplib::Request& request, httplib::Response& response) {
      if (may_have_body(request)) return HandlerResponse::Unhandled;
      call_handler(request, {}, response);
      return HandlerResponse::Handled;
    });
    const auto with_body = [this](const httplib::Request& request, httplib::Response& response,
                                  const httplib::ContentReader& reader) {
      std::string body;
      const bool is_whole = reader([&](const char* data, std::size_t size) {
        body.append(data, size);
        return true;
      });
      if (is_whole) return call_handler(request, body, response);
      if (response.status < 400) response.status = 400;
    };
    Post("/.*", with_body);
    Put("/.*", with_body);
    Patch("/.*", with_body);
    Delete("/.*", with_body);
    set_error_handler([](const httplib::Request&, httplib::Response& response) {
      if (!response.body.empty()) return HandlerResponse::Unhandled;
      response.set_content(error_body(error_of_status(response.status)), "application/json");
      return HandlerResponse::Handled;
    });
    set_exception_handler(
        [](const httplib::Request& request, httplib::Response& response, std::exception_ptr) {
          write_answer(error_answer(error_of_status(500)), request, response);
        });
    set_post_routing_handler([this](const httplib::Request&, httplib::Response& response) {
      for (const auto& [name, value] : options_.standing_headers) {
        if (!response.has_header(name)) response.set_header(name, value);
      }
    });
  }

  bool answer(ClientConnection& connection, bool closes) {
    WholeRequest request(connection);
    bool ends = false;
    const auto prepare = [&](httplib::Request& read) {
      restore_headers(read, connection.head());
      set_aside(read);
    };
    const bool is_written = process_request(request, connection.peer(), 0, {}, 0, closes, ends, prepare);
    return is_written && !closes && !ends;
  }

 private:
  void call_handler(const httplib::Request& request, std::string_view body,
                    httplib::Response& response) const {
    const std::string client = client_of(request, options_.trusted_proxies);
    write_answer(options_.handler(request_of(request, body, client)), request, response);
  }

  const ExchangeOptions options_;
};

RequestExchange::RequestExchange(ExchangeOptions options)
    : library_(std::make_unique<Library>(std::move(options))) {}
RequestExchange::~RequestExchange() = default;

bool RequestExchange::answer(ClientConnection& connection, bool closes) {
  return library_->answer(connection, closes);
}

std::string refusal_bytes(int status, std::span<const HeaderLine> standing_headers) {
  const std::string body = error_body(error_of_status(status));
  std::string bytes = "HTTP/1.1 " + std::to_string(status) + ' ' + httplib::status_message(status) +
                      "\r\nContent-Type: application/json\r\nCache-Control: no-store\r\n"
                      "Access-Control-Allow-Origin: *\r\nConnection: close\r\n";
  for (const auto& [name, value] : standing_headers) bytes += name + ": " + value + "\r\n";
  return bytes + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

}  // namespace desirepath::collector
