// What is wrong with a text that is no JSON, said to people who write JSON by hand.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "sdk/compiler/json_source.hpp"

namespace desirepath::compiler {

// Where a parser gave up.
struct JsonStop {
  enum class After { nothing, opening, key, value };

  std::size_t at = 0;              // past the last token that was right
  After after = After::nothing;    // what that token was; `value` also after what closes one
  const JsonNode* open = nullptr;  // the innermost object or list that is not closed, null for none
  std::size_t seen = 0;            // bytes the parser had looked at, with the one that was wrong
  bool is_overflow = false;        // of a number
};

struct JsonMistake {
  std::size_t offset;
  std::string text;
};

JsonMistake find_json_mistake(std::string_view text, const JsonStop& stop);

}  // namespace desirepath::compiler
