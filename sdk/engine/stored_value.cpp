#include "sdk/engine/stored_value.hpp"

#include "sdk/engine/bytes.hpp"
#include "sdk/engine/limits.hpp"

namespace desirepath {

namespace {

// The longest prefix of at most kStateValueBytesMax bytes that ends between two characters.
std::string_view storable_text(std::string_view text) noexcept {
  if (text.size() <= kStateValueBytesMax) return text;
  std::size_t size = kStateValueBytesMax;
  while (size > 0 && (static_cast<std::uint8_t>(text[size]) & 0xc0) == 0x80) --size;
  return {text.data(), size};
}

}  // namespace

bool is_storable(const Value& value) noexcept {
  return !value.is_missing() && !value.is_array() && !value.is_object();
}

std::size_t stored_value_bytes(const Value& value) noexcept {
  if (value.is_number()) return 10;
  if (value.is_string()) return 6 + storable_text(value.text()).size();
  return 2;
}

void write_stored_value(std::span<std::uint8_t> record, const Value& value) noexcept {
  record[0] = 0;
  record[1] = static_cast<std::uint8_t>(value.tag());
  if (value.is_number()) store(&record[2], value.number());
  if (value.is_string()) {
    const std::string_view text = storable_text(value.text());
    record[0] = text.size() < value.text().size() ? 1 : 0;
    store(&record[2], static_cast<std::uint32_t>(text.size()));
    for (std::size_t i = 0; i < text.size(); ++i) record[6 + i] = static_cast<std::uint8_t>(text[i]);
  }
}

StoredValue read_stored_value(std::span<const std::uint8_t> record) noexcept {
  if (record.size() < 2 || validated_size(record.subspan(1)) != record.size() - 1) return {};
  return {Value::read(&record[1]), record[0] != 0};
}

}  // namespace desirepath
