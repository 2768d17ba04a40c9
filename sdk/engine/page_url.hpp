// The parts of an address, as far as facts are derived from it. Any text is read in one pass; what is not
// there is empty, nothing is copied.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace desirepath {

struct PageUrl {
  std::string_view host;   // without user and port, as written
  std::string_view path;   // "/" where an address with a host has none
  std::string_view query;  // behind the `?`, without it
};

PageUrl parse_page_url(std::string_view url) noexcept;

// Walks the parameters of a query in order. Names and values are as written.
class QueryCursor {
 public:
  explicit QueryCursor(std::string_view query) noexcept : rest_(query) {}

  bool next() noexcept;
  std::string_view name() const noexcept { return name_; }
  std::string_view value() const noexcept { return value_; }

 private:
  std::string_view rest_;
  std::string_view name_;
  std::string_view value_;
};

// The parameter's value as it was meant: `+` is a space and `%2C` a comma. A broken code stays as written,
// and so does a whole value that would be no UTF-8. Of a long value as many whole characters as `room` holds,
// less one. A view of `room` or of `value`.
std::string_view decode_query_value(std::string_view value, std::span<char> room) noexcept;

}  // namespace desirepath
