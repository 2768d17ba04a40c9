// One client's connection: reads requests as their bytes come, without waiting for them, and writes answers.
//
// A connection that waits for bytes holds no thread and little memory; read_request() is called again when
// there are some (idle_connections.hpp). One thread at a time.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "collector/http/chunked_body.hpp"
#include "collector/http/request_head.hpp"
#include "collector/http/tls_certificate.hpp"

namespace desirepath::collector {

class ClientConnection {
 public:
  using Clock = std::chrono::steady_clock;
  enum class Reading : std::uint8_t {
    whole,    // head() and body() are there
    waiting,  // for bytes, until deadline()
    refused,  // this is no request to be answered but with refusal(); the connection is to be ended
    closed,   // by the client
  };

  // Takes the socket, which does not block. `tls` null: plain.
  ClientConnection(int socket, std::string peer, std::size_t body_bytes_max, TlsSession tls);
  ~ClientConnection();
  ClientConnection(const ClientConnection&) = delete;
  ClientConnection& operator=(const ClientConnection&) = delete;

  int socket() const { return socket_; }
  const std::string& peer() const { return peer_; }  // address as text, without a port

  // Goes on reading the request until it is whole or nothing more is there.
  Reading read_request();
  const RequestHead& head() const { return head_; }
  std::string_view head_text() const { return head_text_; }  // with the empty line at its end
  std::string_view body() const;
  int refusal() const { return refusal_; }
  // Forgets the request; what the client sent behind it is kept.
  void finish_request();

  // Until when the client may stay silent.
  Clock::time_point deadline() const;
  bool is_amid_request() const { return began_ != Clock::time_point(); }
  Clock::time_point began() const { return began_; }
  // Of a request that is not whole.
  std::size_t buffered_bytes() const { return received_.size() + (chunks_ ? chunks_->bytes().size() : 0); }

  // False when the client is gone or takes nothing for kWriteTimeout.
  bool write(std::string_view bytes);
  // Waits a little for bytes; true when there are some, or the client is gone.
  bool wait_readable(std::chrono::milliseconds wait) const;
  // Says that nothing more will be sent, and lets the client read the answer though it was still sending.
  void end_after_refusal();

 private:
  // Bytes read, 0 at the end, none where there are none yet.
  std::optional<std::size_t> receive(char* into, std::size_t size);
  std::optional<std::size_t> receive_tls(char* into, std::size_t size);
  // Bytes written, 0 when the client takes none now, none when it is gone.
  std::optional<std::size_t> send(std::string_view bytes);
  std::optional<Reading> advance();
  std::optional<Reading> advance_head();
  std::optional<Reading> advance_body();
  Reading refuse(int status);

  const int socket_;
  const std::string peer_;
  const std::size_t body_bytes_max_;
  TlsSession tls_;

  std::string received_;   // not taken apart yet; of a body with a length, the body
  std::string head_text_;  // of the request, empty until it is whole
  RequestHead head_;
  std::optional<ChunkedBody> chunks_;
  int refusal_ = 0;
  bool continued_ = false;
  Clock::time_point idle_since_ = Clock::now();
  Clock::time_point began_{};  // the request's first byte; the epoch: none has come
  Clock::time_point last_byte_{};
};

}  // namespace desirepath::collector
