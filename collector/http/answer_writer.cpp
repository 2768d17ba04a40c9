#include "collector/http/answer_writer.hpp"

#include <algorithm>
#include <charconv>

namespace desirepath::collector {
namespace {

struct Reason {
  int status;
  std::string_view words;
};
constexpr Reason kReasons[] = {{200, "OK"},
                               {202, "Accepted"},
                               {204, "No Content"},
                               {304, "Not Modified"},
                               {400, "Bad Request"},
                               {401, "Unauthorized"},
                               {403, "Forbidden"},
                               {404, "Not Found"},
                               {405, "Method Not Allowed"},
                               {408, "Request Timeout"},
                               {409, "Conflict"},
                               {411, "Length Required"},
                               {413, "Content Too Large"},
                               {414, "URI Too Long"},
                               {417, "Expectation Failed"},
                               {429, "Too Many Requests"},
                               {431, "Request Header Fields Too Large"},
                               {500, "Internal Server Error"},
                               {503, "Service Unavailable"},
                               {504, "Gateway Timeout"}};

std::string_view reason_of(int status) {
  const auto* found = std::find_if(std::begin(kReasons), std::end(kReasons),
                                   [&](const Reason& reason) { return reason.status == status; });
  return found == std::end(kReasons) ? std::string_view("Answer") : found->words;
}

// A line end in a value would begin a header, or an answer, of somebody else's making.
bool is_one_line(std::string_view text) {
  return text.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos;
}

void add_header(std::string& bytes, std::string_view name, std::string_view value) {
  if (!is_one_line(name) || !is_one_line(value)) return;
  bytes.append(name).append(": ").append(value).append("\r\n");
}

}  // namespace

std::string answer_bytes(const HttpAnswer& answer, const AnswerFrame& frame) {
  const bool has_body = answer.status != 204 && answer.status != 304;
  std::string bytes;
  bytes.reserve(512 + (frame.is_head ? 0 : answer.body.size()));
  bytes.append("HTTP/1.1 ").append(std::to_string(answer.status)).append(" ");
  bytes.append(reason_of(answer.status)).append("\r\n");
  if (has_body) add_header(bytes, "Content-Type", answer.content_type);
  for (const auto& [name, value] : answer.headers) add_header(bytes, name, value);
  for (const HeaderLine& line : frame.standing) {
    const bool is_said = std::any_of(answer.headers.begin(), answer.headers.end(),
                                     [&](const auto& header) { return header.first == line.first; });
    if (!is_said) add_header(bytes, line.first, line.second);
  }
  if (frame.closes) add_header(bytes, "Connection", "close");
  if (answer.stream || answer.pulled) {
    add_header(bytes, "Transfer-Encoding", "chunked");
  } else if (has_body) {
    add_header(bytes, "Content-Length", std::to_string(answer.body.size()));
  }
  bytes += "\r\n";
  if (has_body && !frame.is_head) bytes += answer.body;
  return bytes;
}

std::string chunk_of(std::string_view bytes) {
  char size[16];
  const auto written = std::to_chars(size, size + sizeof size, bytes.size(), 16);
  return std::string(size, written.ptr).append("\r\n").append(bytes).append("\r\n");
}

}  // namespace desirepath::collector
