#include "collector/http/request_head.hpp"

#include <algorithm>
#include <charconv>

#include "collector/http/limits.hpp"

namespace desirepath::collector {
namespace {

constexpr int kBad = 400;
constexpr int kNoLength = 411;
constexpr int kLongTarget = 414;
constexpr int kNoExpectation = 417;
constexpr int kLongHead = 431;
constexpr std::string_view kLineEnd = "\r\n";
// What is said once, of all that is read from a request (request_exchange.cpp): of two, who comes first is a
// matter of who reads.
constexpr std::string_view kSaidOnce[] = {"authorization", "content-encoding", "last-event-id",
                                          "origin",        "user-agent",       "x-write-key"};

bool is_token_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

bool is_token(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_token_character);
}

bool is_value_character(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return (byte >= 0x20 && byte != 0x7f) || c == '\t';
}

// A fragment is nobody's but the browser's: some cut it off.
bool is_target_character(char c) {
  return c > 0x20 && c < 0x7f && c != '#';
}

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

bool same_ignoring_case(std::string_view a, std::string_view lower_case) {
  return std::equal(a.begin(), a.end(), lower_case.begin(), lower_case.end(),
                    [](char x, char y) { return lower(x) == y; });
}

std::string_view trim(std::string_view text) {
  const auto is_blank = [](char c) { return c == ' ' || c == '\t'; };
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

// Whether a comma-separated list names `word`.
bool lists(std::string_view list, std::string_view word) {
  while (!list.empty()) {
    const std::size_t end = std::min(list.find(','), list.size());
    if (same_ignoring_case(trim(list.substr(0, end)), word)) return true;
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  return false;
}

bool has_body_by_custom(std::string_view method) {
  return method == "POST" || method == "PUT" || method == "PATCH";
}

class HeadReader {
 public:
  explicit HeadReader(std::string_view text) : rest_(text) {}

  ReadHead read() {
    int refusal = read_request_line(next_line());
    for (std::string_view line = next_line(); refusal == 0 && !line.empty(); line = next_line()) {
      refusal = read_header(line);
    }
    if (refusal == 0) refusal = read_framing();
    return {refusal, std::move(head_)};
  }

 private:
  std::string_view next_line() {
    const std::size_t end = std::min(rest_.find(kLineEnd), rest_.size());
    const std::string_view line = rest_.substr(0, end);
    rest_.remove_prefix(std::min(end + kLineEnd.size(), rest_.size()));
    return line;
  }

  int read_request_line(std::string_view line) {
    const std::size_t first = line.find(' ');
    const std::size_t last = line.rfind(' ');
    if (first == std::string_view::npos || first == last) return kBad;
    head_.method = line.substr(0, first);
    head_.target = line.substr(first + 1, last - first - 1);
    const std::string_view version = line.substr(last + 1);
    is_old_ = version == "HTTP/1.0";
    if (!is_token(head_.method) || (version != "HTTP/1.1" && !is_old_)) return kBad;
    if (head_.target.size() > kTargetBytesMax) return kLongTarget;
    const bool is_asterisk = head_.target == "*" && head_.method == "OPTIONS";
    const bool is_path = head_.target.starts_with('/') &&
                         std::all_of(head_.target.begin(), head_.target.end(), is_target_character);
    return is_asterisk || is_path ? 0 : kBad;
  }

  int read_header(std::string_view line) {
    if (line.size() > kHeaderBytesMax || head_.headers.size() >= kHeadersMax) return kLongHead;
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) return kBad;
    const std::string_view name = line.substr(0, colon);
    const std::string_view value = trim(line.substr(colon + 1));
    if (!is_token(name) || !std::all_of(value.begin(), value.end(), is_value_character)) return kBad;
    head_.headers.emplace_back(name, value);
    return 0;
  }

  // The only header of this name; `refusal_` where there are more.
  std::optional<std::string_view> only(std::string_view name) {
    std::optional<std::string_view> found;
    for (const auto& [each, value] : head_.headers) {
      if (!same_ignoring_case(each, name)) continue;
      if (found) is_ambiguous_ = true;
      found = value;
    }
    return found;
  }

  int read_framing() {
    const auto host = only("host");
    const auto length = only("content-length");
    const auto encoding = only("transfer-encoding");
    for (const std::string_view name : kSaidOnce) (void)only(name);
    if (is_ambiguous_ || (!host && !is_old_)) return kBad;
    if (length && encoding) return kBad;
    if (encoding && (is_old_ || !same_ignoring_case(*encoding, "chunked"))) return kBad;
    if (length && !read_length(*length)) return kBad;
    head_.is_chunked = encoding.has_value();
    const bool has_body = head_.is_chunked || head_.content_length > 0;
    if (has_body && (head_.method == "GET" || head_.method == "HEAD")) return kBad;
    if (!length && !encoding && has_body_by_custom(head_.method)) return kNoLength;
    return read_connection(has_body);
  }

  bool read_length(std::string_view text) {
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), head_.content_length);
    return !text.empty() && parsed.ec == std::errc() && parsed.ptr == text.data() + text.size();
  }

  int read_connection(bool has_body) {
    bool closes = is_old_;
    for (const auto& [name, value] : head_.headers) {
      if (same_ignoring_case(name, "connection") && lists(value, "close")) closes = true;
      if (!same_ignoring_case(name, "expect")) continue;
      if (!same_ignoring_case(value, "100-continue")) return kNoExpectation;
      head_.expects_continue = has_body && !is_old_;
    }
    head_.keeps_alive = !closes;
    return 0;
  }

  std::string_view rest_;
  RequestHead head_;
  bool is_old_ = false;
  bool is_ambiguous_ = false;
};

// "GET / HTTP/1.1": a line that says no version will be no head, e.g. of HTTP/0.9.
bool names_version(std::string_view line) {
  return line.find(" HTTP/1.") != std::string_view::npos;
}

}  // namespace

std::string_view RequestHead::header(std::string_view name) const {
  for (const auto& [each, value] : headers) {
    if (same_ignoring_case(each, name)) return value;
  }
  return {};
}

ReadHead read_head(std::string_view text) {
  return HeadReader(text).read();
}

HeadScan scan_head(std::string_view text) {
  HeadScan scan;
  while (text.substr(scan.begin).starts_with(kLineEnd) && scan.begin < kEmptyLinesMax * kLineEnd.size()) {
    scan.begin += kLineEnd.size();
  }
  for (std::size_t at = scan.begin; at < text.size();) {
    const std::size_t end = text.find('\n', at);
    const std::string_view line = text.substr(at, end == std::string_view::npos ? end : end - at);
    if (line.find('\0') != std::string_view::npos) scan.refusal = kBad;
    if (line.size() > kTargetBytesMax + kHeaderBytesMax || at - scan.begin > kHeadBytesMax)
      scan.refusal = kLongHead;
    if (scan.refusal != 0 || end == std::string_view::npos) return scan;
    const bool is_whole = line.ends_with('\r') && line.find('\r') == line.size() - 1;
    if (!is_whole || (at == scan.begin && !names_version(line))) scan.refusal = kBad;
    if (line.size() == 1) scan.end = end + 1;
    if (scan.refusal != 0 || scan.end != 0) return scan;
    at = end + 1;
  }
  return scan;
}

}  // namespace desirepath::collector
