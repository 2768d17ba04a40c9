// What happens to a request that has come whole: the HTTP library reads it, the handler answers, the library
// writes the answer. All that is particular to the library is behind this.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "collector/http/address_range.hpp"
#include "collector/http/exchange.hpp"

namespace desirepath::collector {

class ClientConnection;

struct ExchangeOptions {
  std::size_t body_bytes_max = 0;
  std::vector<AddressRange> trusted_proxies;  // whose word on the client's address counts
  std::vector<HeaderLine> standing_headers;   // of every answer that does not have them itself
  // Called from many threads at a time.
  std::function<HttpAnswer(const HttpRequest&)> handler;
};

// Thread-safe.
class RequestExchange {
 public:
  explicit RequestExchange(ExchangeOptions options);
  ~RequestExchange();
  RequestExchange(const RequestExchange&) = delete;
  RequestExchange& operator=(const RequestExchange&) = delete;

  // Answers the connection's whole request; `closes` says that no other will be answered on it. False where
  // the connection ends with this one.
  bool answer(ClientConnection& connection, bool closes);

 private:
  class Library;
  std::unique_ptr<Library> library_;
};

// The whole answer to what is no request.
std::string refusal_bytes(int status, std::span<const HeaderLine> standing_headers);

}  // namespace desirepath::collector
