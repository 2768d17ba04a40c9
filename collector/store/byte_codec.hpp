// Integers and texts in bytes, for the blobs of databases. The reader never reads past its bytes:
// past the end or on nonsense `ok()` turns false and everything reads as zero.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace desirepath::collector {

using Bytes = std::vector<std::uint8_t>;

class ByteWriter {
 public:
  void reserve(std::size_t bytes) { bytes_.reserve(bytes); }
  void unsigned_number(std::uint64_t value) {
    while (value >= 0x80) {
      bytes_.push_back(static_cast<std::uint8_t>(value | 0x80));
      value >>= 7;
    }
    bytes_.push_back(static_cast<std::uint8_t>(value));
  }
  void signed_number(std::int64_t value) {
    unsigned_number((static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63));
  }
  void text(std::string_view value) {
    unsigned_number(value.size());
    bytes_.insert(bytes_.end(), value.begin(), value.end());
  }
  void blob(std::span<const std::uint8_t> value) {
    unsigned_number(value.size());
    bytes_.insert(bytes_.end(), value.begin(), value.end());
  }
  const Bytes& bytes() const { return bytes_; }
  Bytes take() { return std::move(bytes_); }

 private:
  Bytes bytes_;
};

class ByteReader {
 public:
  explicit ByteReader(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}

  std::uint64_t unsigned_number() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      if (at_ >= bytes_.size()) return fail();
      const std::uint8_t byte = bytes_[at_++];
      value |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
      if ((byte & 0x80) == 0) return value;
    }
    return fail();
  }
  std::int64_t signed_number() {
    const std::uint64_t value = unsigned_number();
    return static_cast<std::int64_t>(value >> 1) ^ -static_cast<std::int64_t>(value & 1);
  }
  std::span<const std::uint8_t> blob() {
    const std::uint64_t size = unsigned_number();
    if (!ok_ || size > bytes_.size() - at_) {
      fail();
      return {};
    }
    const auto found = bytes_.subspan(at_, size);
    at_ += size;
    return found;
  }
  std::string_view text() {
    const auto found = blob();
    return {reinterpret_cast<const char*>(found.data()), found.size()};
  }
  bool ok() const { return ok_; }
  std::size_t left() const { return bytes_.size() - at_; }
  bool at_end() const { return left() == 0; }

 private:
  std::uint64_t fail() {
    ok_ = false;
    at_ = bytes_.size();
    return 0;
  }
  std::span<const std::uint8_t> bytes_;
  std::size_t at_ = 0;
  bool ok_ = true;
};

}  // namespace desirepath::collector
