#include "collector/http/client_connection.hpp"

#include <openssl/err.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "collector/http/limits.hpp"

namespace desirepath::collector {
namespace {

constexpr std::size_t kReadBytes = 16'384;
constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

bool wait_for(int socket, short events, std::chrono::milliseconds wait) {
  pollfd event{socket, events, 0};
  return ::poll(&event, 1, static_cast<int>(wait.count())) > 0;
}

}  // namespace

ClientConnection::ClientConnection(int socket, std::string peer, std::size_t body_bytes_max, TlsSession tls)
    : socket_(socket), peer_(std::move(peer)), body_bytes_max_(body_bytes_max), tls_(std::move(tls)) {}

ClientConnection::~ClientConnection() {
  if (tls_ && SSL_is_init_finished(tls_.get()) != 0) SSL_shutdown(tls_.get());
  ::close(socket_);
}

std::optional<std::size_t> ClientConnection::receive(char* into, std::size_t size) {
  if (tls_) return receive_tls(into, size);
  for (;;) {
    const ssize_t got = ::recv(socket_, into, size, 0);
    if (got >= 0) return static_cast<std::size_t>(got);
    if (errno == EAGAIN || errno == EWOULDBLOCK) return std::nullopt;
    if (errno != EINTR) return 0;
  }
}

std::optional<std::size_t> ClientConnection::receive_tls(char* into, std::size_t size) {
  ERR_clear_error();
  const int got = SSL_read(tls_.get(), into, static_cast<int>(size));  // shakes hands first
  if (got > 0) return static_cast<std::size_t>(got);
  switch (SSL_get_error(tls_.get(), got)) {
    case SSL_ERROR_WANT_READ: return std::nullopt;
    case SSL_ERROR_WANT_WRITE:
      // Its own small records; the socket's buffer is full of nothing else.
      if (wait_for(socket_, POLLOUT, kWriteTimeout)) return receive_tls(into, size);
      return 0;
    default: return 0;
  }
}

ClientConnection::Reading ClientConnection::refuse(int status) {
  refusal_ = status;
  return Reading::refused;
}

ClientConnection::Reading ClientConnection::read_request() {
  for (;;) {
    if (const auto reading = advance()) return *reading;
    char bytes[kReadBytes];
    const auto got = receive(bytes, sizeof bytes);
    if (!got) return Reading::waiting;
    if (*got == 0) return Reading::closed;
    last_byte_ = Clock::now();
    if (!is_amid_request()) began_ = last_byte_;
    received_.append(bytes, *got);
  }
}

// None where more bytes are needed.
std::optional<ClientConnection::Reading> ClientConnection::advance() {
  if (refusal_ != 0) return Reading::refused;
  if (head_text_.empty()) {
    const auto reading = advance_head();
    if (reading || head_text_.empty()) return reading;
  }
  return advance_body();
}

std::optional<ClientConnection::Reading> ClientConnection::advance_head() {
  const HeadScan scan = scan_head(received_);
  if (scan.refusal != 0) return refuse(scan.refusal);
  if (scan.end == 0) return std::nullopt;
  head_text_ = received_.substr(scan.begin, scan.end - scan.begin);
  received_.erase(0, scan.end);
  ReadHead read = read_head(head_text_);
  if (read.refusal != 0) return refuse(read.refusal);
  head_ = std::move(read.head);
  if (head_.content_length > body_bytes_max_) return refuse(413);
  if (head_.is_chunked) chunks_.emplace(body_bytes_max_);
  return std::nullopt;
}

std::optional<ClientConnection::Reading> ClientConnection::advance_body() {
  bool is_whole = received_.size() >= head_.content_length;
  if (chunks_) {
    received_.erase(0, chunks_->take(received_));
    if (chunks_->refusal() != 0) return refuse(chunks_->refusal());
    is_whole = chunks_->is_whole();
  }
  if (is_whole) return Reading::whole;
  if (head_.expects_continue && !continued_) {
    continued_ = true;
    if (!write(kContinue)) return Reading::closed;
  }
  return std::nullopt;
}

std::string_view ClientConnection::body() const {
  return chunks_ ? std::string_view(chunks_->bytes())
                 : std::string_view(received_).substr(0, head_.content_length);
}

void ClientConnection::finish_request() {
  if (!chunks_) received_.erase(0, head_.content_length);
  if (received_.empty()) received_ = std::string();  // and its memory
  chunks_.reset();
  head_ = RequestHead();
  head_text_ = std::string();
  continued_ = false;
  idle_since_ = Clock::now();
  began_ = received_.empty() ? Clock::time_point() : idle_since_;
  last_byte_ = idle_since_;
}

ClientConnection::Clock::time_point ClientConnection::deadline() const {
  if (!is_amid_request()) return idle_since_ + kKeepAlive;
  if (head_text_.empty()) return began_ + kHeadDeadline;
  return std::min(began_ + kBodyDeadline, last_byte_ + kReadTimeout);
}

std::optional<std::size_t> ClientConnection::send(std::string_view bytes) {
  if (tls_) {
    ERR_clear_error();
    const int sent =
        SSL_write(tls_.get(), bytes.data(), static_cast<int>(std::min<std::size_t>(bytes.size(), 1u << 20)));
    if (sent > 0) return static_cast<std::size_t>(sent);
    const int error = SSL_get_error(tls_.get(), sent);
    return error == SSL_ERROR_WANT_WRITE || error == SSL_ERROR_WANT_READ ? std::optional<std::size_t>(0)
                                                                         : std::nullopt;
  }
  const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
  if (sent >= 0) return static_cast<std::size_t>(sent);
  return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR ? std::optional<std::size_t>(0)
                                                                   : std::nullopt;
}

bool ClientConnection::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto sent = send(bytes);
    if (!sent) return false;
    bytes.remove_prefix(*sent);
    if (*sent == 0 && !wait_for(socket_, POLLOUT, kWriteTimeout)) return false;
  }
  return true;
}

bool ClientConnection::wait_readable(std::chrono::milliseconds wait) const {
  return wait_for(socket_, POLLIN, wait);
}

void ClientConnection::end_after_refusal() {
  ::shutdown(socket_, SHUT_WR);
  char bytes[kReadBytes];
  const auto until = Clock::now() + kLingerMax;
  for (std::size_t left = kLingerBytesMax; left > 0 && Clock::now() < until;) {
    if (!wait_for(socket_, POLLIN, kLingerMax)) return;
    const ssize_t got = ::recv(socket_, bytes, std::min(left, sizeof bytes), 0);
    if (got <= 0) return;
    left -= static_cast<std::size_t>(got);
  }
}

}  // namespace desirepath::collector
