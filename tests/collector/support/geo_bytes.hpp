// A small, whole GeoIP file (MaxMind DB format 2.0) that knows one IPv4 network.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace desirepath::collector::tests {

class GeoBytes {
 public:
  // 203.0.113.0/24 is in Berlin.
  static std::string berlin() {
    constexpr std::uint32_t kNetwork = 203u << 24 | 0u << 16 | 113u << 8;
    constexpr std::uint32_t kBits = 24;
    std::string file;
    for (std::uint32_t bit = 0; bit < kBits; ++bit) {
      const std::uint32_t next = bit + 1 == kBits ? kBits + 16 : bit + 1;  // the first of the data
      const bool right = (kNetwork >> (31 - bit) & 1) != 0;
      file += record(right ? kBits : next) + record(right ? next : kBits);
    }
    file += std::string(16, '\0');
    file += map(4) + text("country") + map(1) + text("iso_code") + text("DE");
    file += text("subdivisions") + list(1) + map(1) + text("iso_code") + text("BE");
    file += text("city") + map(1) + text("names") + map(1) + text("en") + text("Berlin");
    file += text("location") + map(1) + text("time_zone") + text("Europe/Berlin");
    file += "\xab\xcd\xefMaxMind.com";
    file += map(9) + text("node_count") + number(6, kBits) + text("record_size") + number(5, 24);
    file += text("ip_version") + number(5, 4) + text("database_type") + text("Test-City");
    file += text("languages") + list(1) + text("en") + text("binary_format_major_version") + number(5, 2);
    file += text("binary_format_minor_version") + number(5, 0) + text("build_epoch") + std::string{1, 2, 1};
    return file + text("description") + map(0);
  }

 private:
  static std::string record(std::uint32_t value) {
    return {static_cast<char>(value >> 16), static_cast<char>(value >> 8), static_cast<char>(value)};
  }
  static std::string control(std::uint32_t type, std::size_t size) {
    return {static_cast<char>(type << 5 | size)};
  }
  static std::string text(std::string_view value) { return control(2, value.size()).append(value); }
  static std::string map(std::size_t size) { return control(7, size); }
  static std::string list(std::size_t size) { return {static_cast<char>(size), 4}; }
  static std::string number(std::uint32_t type, std::uint32_t value) {
    return control(type, 1) + static_cast<char>(value);
  }
};

}  // namespace desirepath::collector::tests
