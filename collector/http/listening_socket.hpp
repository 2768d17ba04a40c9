// A socket that takes connections.
#pragma once

#include <string>

#include "collector/error.hpp"

namespace desirepath::collector {

// Owns its descriptor; does not block.
class ListeningSocket {
 public:
  // Resolves `host`, binds and listens; port 0 picks a free one. ErrorCode::io names address and reason.
  static Result<ListeningSocket> open(const std::string& host, int port);
  ListeningSocket(ListeningSocket&& other) noexcept;
  ListeningSocket& operator=(ListeningSocket&&) = delete;
  ~ListeningSocket();

  int descriptor() const { return descriptor_; }
  int port() const { return port_; }

  struct Accepted {
    int socket = -1;   // -1: there is none now
    std::string peer;  // its address as text, without a port
  };
  Accepted accept() const;

 private:
  ListeningSocket(int descriptor, int port) : descriptor_(descriptor), port_(port) {}
  int descriptor_;
  int port_;
};

}  // namespace desirepath::collector
