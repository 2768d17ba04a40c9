// Values a state remembers: null, booleans, numbers and short text. Longer text is cut at a character and marked.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "sdk/engine/value.hpp"

namespace desirepath {

struct StoredValue {
  Value value;
  bool cut = false;
};

// Whether a value can be remembered: arrays, objects and what is missing cannot.
bool is_storable(const Value& value) noexcept;

// Bytes `write_stored_value` needs, at most 1 + 5 + kStateValueBytesMax.
std::size_t stored_value_bytes(const Value& value) noexcept;
void write_stored_value(std::span<std::uint8_t> record, const Value& value) noexcept;

// Missing when the record is malformed. The value points into the record.
StoredValue read_stored_value(std::span<const std::uint8_t> record) noexcept;

}  // namespace desirepath
