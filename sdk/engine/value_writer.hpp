// Writes tagged values (value.hpp) into a growing buffer. For native hosts and the compiler; the engine never
// writes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "sdk/engine/bytes.hpp"
#include "sdk/engine/value.hpp"

namespace desirepath {

// Appends values in order. Containers are opened and closed like brackets; members of an object are written
// as `key` followed by one value. The writer owns its bytes.
class ValueWriter {
 public:
  void null() { item(Tag::null); }
  void boolean(bool value) { item(value ? Tag::boolean_true : Tag::boolean_false); }
  // Minus zero is zero, as it is to a parser that reads "-0" as an integer.
  void number(double value) {
    item(Tag::number);
    append(value + 0.0);
  }
  void string(std::string_view value) {
    item(Tag::string);
    text(value);
  }
  void key(std::string_view name) { text(name); }
  void open_array() { open(Tag::array); }
  void open_object() { open(Tag::object); }
  void close() {
    const Open container = open_.back();
    open_.pop_back();
    store(&bytes_[container.at + 1], static_cast<std::uint32_t>(bytes_.size() - container.at - 9));
    store(&bytes_[container.at + 5], container.count);
  }

  const std::vector<std::uint8_t>& bytes() const { return bytes_; }
  std::vector<std::uint8_t> take() { return std::move(bytes_); }
  void clear() {
    bytes_.clear();
    open_.clear();
  }

 private:
  struct Open {
    std::size_t at;
    std::uint32_t count;
  };

  void item(Tag tag) {
    if (!open_.empty()) ++open_.back().count;
    bytes_.push_back(static_cast<std::uint8_t>(tag));
  }
  void open(Tag tag) {
    item(tag);
    open_.push_back({bytes_.size() - 1, 0});
    bytes_.resize(bytes_.size() + 8);
  }
  void text(std::string_view value) {
    append(static_cast<std::uint32_t>(value.size()));
    bytes_.insert(bytes_.end(), value.begin(), value.end());
  }
  template <typename T>
  void append(T value) {
    const std::size_t at = bytes_.size();
    bytes_.resize(at + sizeof value);
    store(&bytes_[at], value);
  }

  std::vector<std::uint8_t> bytes_;
  std::vector<Open> open_;
};

}  // namespace desirepath
