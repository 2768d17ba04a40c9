// Where a text stops being JSON, for the person who has to mend it. Strict (RFC 8259, UTF-8, whole surrogate
// pairs); reads once, without recursion.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace desirepath::collector {

struct JsonMistake {
  std::size_t offset;  // bytes from the beginning, 0-based
  std::size_t line;    // 1-based
  std::size_t column;  // 1-based, in bytes
  std::string what;    // e.g. "expected ',' or '}'"
};

// None where the text is JSON.
std::optional<JsonMistake> find_json_mistake(std::string_view text);

// "not JSON at line 1, column 5 (offset 4): expected a value".
std::string describe(const JsonMistake& mistake);

}  // namespace desirepath::collector
