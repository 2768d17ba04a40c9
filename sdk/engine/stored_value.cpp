#include "sdk/engine/stored_value.hpp"

#include "sdk/engine/bytes.hpp"
#include "sdk/engine/limits.hpp"

namespace desirepath {

std::string_view storable_text(std::string_view text) noexcept {
  if (text.size() <= kStateValueBytesMax) return text;
  std::size_t size = kStateValueBytesMax;
  while (size > 0 && (static_cast<std::uint8_t>(text[size]) & 0xc0) == 0x80) --size;
  return {text.data(), size};
}

bool is_storable(const Value& value) noexcept {
  return !value.is_missing() && !value.is_array() && !value.is_object();
}

std::size_t stored_value_bytes(const Value& value) noexcept {
  if (value.is_number()) return 10;
  if (value.is_string()) return 6 + storable_text(value.text()).size();
  return 2;
}

void write_stored_value(std::uint8_t* to, const Value& value) noexcept {
  to[0] = 0;
  to[1] = static_cast<std::uint8_t>(value.tag());
  if (value.is_number()) store(to + 2, value.number());
  if (value.is_string()) {
    const std::string_view text = storable_text(value.text());
    to[0] = text.size() < value.text().size() ? 1 : 0;
    store(to + 2, static_cast<std::uint32_t>(text.size()));
    std::memcpy(to + 6, text.data(), text.size());
  }
}

StoredValue read_stored_value(Payload record, std::size_t at) noexcept {
  const std::size_t value_at = at + 1;
  if (record.size() <= value_at) return {};
  const std::size_t size = validated_size({&record[value_at], record.size() - value_at});
  if (size == 0) return {};
  return {Value::read(&record[value_at]), record[at] != 0, 1 + size};
}

}  // namespace desirepath
