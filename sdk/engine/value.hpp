// Tagged values: how facts reach the engine. JSON's six kinds in bytes, read in place, no allocation.
//
//   0 null · 1 false · 2 true · 3 number f64 · 4 string u32 length + UTF-8
//   5 array  u32 bytes, u32 count, values · 6 object u32 bytes, u32 count, members (string key without tag,
//   value)
//
// Where `bytes` counts what follows the count. sdk/wasm/ABI.md is the same format for hosts.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace desirepath {

enum class Tag : std::uint32_t {
  null,
  boolean_false,
  boolean_true,
  number,
  string,
  array,
  object,
  missing = 255
};

inline constexpr std::size_t kContainerHeadBytes = 9;  // tag, bytes, count

// One value, decoded as far as its head; strings and containers still point into the bytes they came from,
// which must outlive it. Freely copied. A default value is missing: the fact is not there.
class Value {
 public:
  constexpr Value() = default;

  static Value of(double number) noexcept;
  static Value of(bool boolean) noexcept;
  static Value of(std::string_view text) noexcept;

  // The value whose tag is at `at`. The bytes must have passed `validated_size`.
  static Value read(const std::uint8_t* at) noexcept;

  Tag tag() const noexcept { return tag_; }
  bool is_missing() const noexcept { return tag_ == Tag::missing; }
  // Missing counts as null, as in the field's condition suites.
  bool is_null() const noexcept { return tag_ == Tag::missing || tag_ == Tag::null; }
  bool is_number() const noexcept { return tag_ == Tag::number; }
  bool is_string() const noexcept { return tag_ == Tag::string; }
  bool is_boolean() const noexcept { return tag_ == Tag::boolean_true || tag_ == Tag::boolean_false; }
  bool is_array() const noexcept { return tag_ == Tag::array; }
  bool is_object() const noexcept { return tag_ == Tag::object; }

  // Each for its own kinds only.
  double number() const noexcept { return number_; }
  bool boolean() const noexcept { return tag_ == Tag::boolean_true; }
  std::string_view text() const noexcept { return {reinterpret_cast<const char*>(data_), size_}; }
  // Elements of an array, members of an object.
  std::uint32_t count() const noexcept { return size_; }
  const std::uint8_t* items() const noexcept { return data_; }

  // Member of an object by key, element of an array by decimal index; missing where there is none.
  Value at(std::string_view key) const noexcept;

  // Whether two values are the same JSON; members may stand in any order, as hosts do not all keep it.
  static bool equal(const Value& a, const Value& b) noexcept;

 private:
  Tag tag_ = Tag::missing;
  std::uint32_t size_ = 0;
  union {
    double number_ = 0;
    const std::uint8_t* data_;
  };
};

// Bytes the encoded value at `at` takes; the bytes must have passed `validated_size`.
std::size_t encoded_size(const std::uint8_t* at) noexcept;

// Checks one value at the start of `bytes`: tags, lengths, finite numbers, nesting. Returns its size in
// bytes, or 0 when it is malformed or does not fit. Never reads past `bytes`.
std::size_t validated_size(std::span<const std::uint8_t> bytes) noexcept;

// Walks the elements of an array or the members of an object in order.
class ValueCursor {
 public:
  explicit ValueCursor(const Value& container) noexcept;

  // Moves to the next element; false at the end.
  bool next() noexcept;
  std::string_view key() const noexcept { return key_; }  // of an object's member
  const Value& value() const noexcept { return value_; }

 private:
  const std::uint8_t* at_ = nullptr;
  std::uint32_t left_ = 0;
  bool keyed_ = false;
  std::string_view key_;
  Value value_;
};

}  // namespace desirepath
