// A request and its answer as the routes see them; the server turns them into HTTP.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "collector/error.hpp"

namespace desirepath::collector {

class StreamClient;
struct KeyInfo;

// Views that live as long as the request is answered.
struct HttpRequest {
  std::string_view method;  // GET, POST, OPTIONS; HEAD comes as GET
  std::string_view path;    // as sent, still percent-encoded, without the query
  std::string_view query;   // after the '?', still encoded
  std::string_view body;
  std::string_view authorization;
  std::string_view write_key;  // X-Write-Key, "KEY" or "KEY:…", as one public client sends it
  std::string_view content_encoding;
  std::string_view if_none_match;
  std::string_view user_agent;
  std::string_view last_event_id;
  std::string_view client_address;  // of who asks, as text without a port; behind named proxies the first
                                    // that is none of them
  std::string_view origin;          // of the page that asks; empty for what is no page
  const KeyInfo* key = nullptr;  // admitted before the handler was called; null where the path is anybody's
                                 // or the key may be in the body and is nowhere else
};

// A body that is made while it is sent; gone, with all it holds, when the connection is.
class PulledBody {
 public:
  virtual ~PulledBody() = default;
  // Puts the next piece into `piece`, which may be empty; false at the end. An error ends the connection, so
  // that the reader sees that it has not got everything.
  virtual Result<bool> next(std::string& piece) = 0;
};

using HeaderLine = std::pair<std::string, std::string>;

struct HttpAnswer {
  int status = 200;
  std::string content_type = "application/json";
  std::string body;
  std::vector<HeaderLine> headers;
  std::optional<ErrorCode> refusal;      // why, where it was refused
  std::shared_ptr<PulledBody> pulled;    // where set, the body
  std::shared_ptr<StreamClient> stream;  // where set, the body is what this yields, for as long as it does
};

}  // namespace desirepath::collector
