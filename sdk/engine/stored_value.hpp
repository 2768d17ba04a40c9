// Values a state remembers: null, booleans, numbers and short text. Longer text is cut at a character and
// marked.
#pragma once

#include <cstddef>
#include <cstdint>

#include "sdk/engine/state.hpp"
#include "sdk/engine/value.hpp"

namespace desirepath {

struct StoredValue {
  Value value;
  bool cut = false;
  std::size_t bytes = 0;  // it takes in the record; 0 where that is malformed
};

// The longest prefix of at most kStateValueBytesMax bytes that ends between two characters.
std::string_view storable_text(std::string_view text) noexcept;

// Whether a value can be remembered: arrays, objects and what is missing cannot.
bool is_storable(const Value& value) noexcept;

// Bytes `write_stored_value` needs, at most 1 + 5 + kStateValueBytesMax.
std::size_t stored_value_bytes(const Value& value) noexcept;
void write_stored_value(std::uint8_t* to, const Value& value) noexcept;

// What stands at `at`; missing when that is malformed. The value points into the record.
StoredValue read_stored_value(Payload record, std::size_t at) noexcept;

}  // namespace desirepath
