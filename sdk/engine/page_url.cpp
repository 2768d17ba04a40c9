#include "sdk/engine/page_url.hpp"

#include <cstdint>

#include "sdk/engine/utf8.hpp"

namespace desirepath {

namespace {

std::string_view before(std::string_view text, std::size_t end) noexcept {
  return end == std::string_view::npos ? text : std::string_view(text.data(), end);
}

std::string_view behind(std::string_view text, std::size_t at) noexcept {
  return {text.data() + at, text.size() - at};
}

std::string_view host_of(std::string_view authority) noexcept {
  const std::size_t user = authority.rfind('@');
  if (user != std::string_view::npos) authority = behind(authority, user + 1);
  const bool is_ip6 = !authority.empty() && authority.front() == '[';
  const std::size_t end = is_ip6 ? authority.find(']') : authority.find(':');
  return before(authority, is_ip6 && end != std::string_view::npos ? end + 1 : end);
}

int hex_digit(char c) noexcept {
  return c >= '0' && c <= '9'   ? c - '0'
         : c >= 'a' && c <= 'f' ? c - 'a' + 10
         : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                : -1;
}

}  // namespace

PageUrl parse_page_url(std::string_view url) noexcept {
  PageUrl parts;
  std::string_view rest = before(url, url.find('#'));
  const std::size_t question = rest.find('?');
  if (question != std::string_view::npos) parts.query = behind(rest, question + 1);
  rest = before(rest, question);
  const std::size_t scheme = rest.find("//");
  if (scheme != std::string_view::npos && (scheme == 0 || rest[scheme - 1] == ':')) {
    rest = behind(rest, scheme + 2);
    const std::size_t slash = rest.find('/');
    parts.host = host_of(before(rest, slash));
    rest = slash == std::string_view::npos ? std::string_view("/") : behind(rest, slash);
  }
  parts.path = rest;
  return parts;
}

bool QueryCursor::next() noexcept {
  if (rest_.empty()) return false;
  const std::size_t end = rest_.find('&');
  const std::string_view parameter = before(rest_, end);
  rest_ = end == std::string_view::npos ? std::string_view{} : behind(rest_, end + 1);
  const std::size_t equals = parameter.find('=');
  name_ = before(parameter, equals);
  value_ = equals == std::string_view::npos ? std::string_view{} : behind(parameter, equals + 1);
  return true;
}

std::string_view decode_query_value(std::string_view value, std::span<char> room) noexcept {
  std::size_t size = 0;
  std::size_t at = 0;
  for (; at < value.size() && size < room.size(); ++at) {
    char c = value[at] == '+' ? ' ' : value[at];
    if (c == '%' && value.size() - at > 2) {
      const int high = hex_digit(value[at + 1]);
      const int low = hex_digit(value[at + 2]);
      if (high >= 0 && low >= 0) {
        c = static_cast<char>(high << 4 | low);
        at += 2;
      }
    }
    room[size++] = c;
  }
  if (at < value.size()) {
    while (size > 0 && (static_cast<std::uint8_t>(room[--size]) & 0xc0) == 0x80) continue;
  }
  const std::string_view decoded(room.data(), size);
  return is_utf8(decoded) ? decoded : value;
}

}  // namespace desirepath
