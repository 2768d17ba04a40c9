// An answer as bytes of HTTP/1.1.
#pragma once

#include <span>
#include <string>
#include <utility>

#include "collector/http/exchange.hpp"

namespace desirepath::collector {

using HeaderLine = std::pair<std::string, std::string>;

struct AnswerFrame {
  std::span<const HeaderLine> standing;  // headers of every answer that does not have them itself
  bool is_head = false;                  // of a HEAD request: no body follows
  bool closes = false;                   // the connection ends with this answer
};

// Status line, headers and body; of a stream the body is not among it, and comes in chunks (chunk_of).
std::string answer_bytes(const HttpAnswer& answer, const AnswerFrame& frame);

// One chunk of a stream's body, and what ends it.
std::string chunk_of(std::string_view bytes);
inline constexpr std::string_view kLastChunk = "0\r\n\r\n";

}  // namespace desirepath::collector
