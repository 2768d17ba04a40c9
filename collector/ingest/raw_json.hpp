// JSON text cut into its parts without reading them: the members of an object, the elements of an array.
//
// Cutting looks at brackets and quotes only, so a poisoned part spoils itself and not its neighbours. It
// proves nothing: a part is JSON only once a parser says so. On JSON that a parser has accepted the cut is
// exact. Views into the text; no recursion, no depth limit.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace desirepath::collector {

struct RawMember {
  std::string_view key;    // between its quotes, still escaped
  std::string_view value;  // without space around it
};

struct RawObject {
  std::vector<RawMember> members;
  int depth = 0;  // containers inside containers, this one counted

  // The last member of this name, as JavaScript has it; nullptr where there is none.
  const RawMember* find(std::string_view name) const;
};

// Without space around it.
std::string_view trim_json(std::string_view text);

// None where the text is not `{…}` with keys and values in it.
std::optional<RawObject> cut_object(std::string_view text);

// None where the text is not `[…]`.
std::optional<std::vector<std::string_view>> cut_array(std::string_view text);

bool is_null(std::string_view value);
bool is_string(std::string_view value);

// The text of a JSON string, quotes and escapes resolved. `value` must be a string that a parser has
// accepted.
std::string unescape_json(std::string_view value);

// Whether a key, still escaped, is this name.
bool key_is(std::string_view key, std::string_view name);

}  // namespace desirepath::collector
