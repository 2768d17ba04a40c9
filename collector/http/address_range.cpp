#include "collector/http/address_range.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <string>

namespace desirepath::collector {
namespace {

constexpr std::size_t kMappedPrefix = 12;
constexpr int kMappedBits = 96;

bool is_mapped(const NetworkAddress& address) {
  constexpr std::array<std::uint8_t, kMappedPrefix> kPrefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  return std::equal(kPrefix.begin(), kPrefix.end(), address.bytes.begin());
}

std::optional<NetworkAddress> parse_bare(std::string_view text) {
  const std::string ended(text);
  NetworkAddress address;
  if (::inet_pton(AF_INET6, ended.c_str(), address.bytes.data()) == 1) return address;
  if (::inet_pton(AF_INET, ended.c_str(), address.bytes.data() + kMappedPrefix) != 1) return std::nullopt;
  address.bytes[10] = address.bytes[11] = 0xff;
  return address;
}

}  // namespace

std::optional<NetworkAddress> parse_address(std::string_view text) {
  if (text.starts_with('[')) {
    const std::size_t end = text.find(']');
    return end == std::string_view::npos ? std::nullopt : parse_bare(text.substr(1, end - 1));
  }
  const bool has_port = std::count(text.begin(), text.end(), ':') == 1;
  return parse_bare(has_port ? text.substr(0, text.find(':')) : text);
}

bool is_loopback(const NetworkAddress& address) {
  if (is_mapped(address)) return address.bytes[kMappedPrefix] == 127;
  NetworkAddress one;
  one.bytes[15] = 1;
  return address == one;
}

NetworkAddress sender_of(NetworkAddress address) {
  if (!is_mapped(address)) std::fill(address.bytes.begin() + 8, address.bytes.end(), std::uint8_t{0});
  return address;
}

std::optional<AddressRange> AddressRange::parse(std::string_view text) {
  AddressRange range;
  const std::size_t slash = text.find('/');
  const auto base = parse_bare(text.substr(0, slash));
  if (!base) return std::nullopt;
  range.base_ = *base;
  if (slash == std::string_view::npos) return range;
  const std::string_view digits = text.substr(slash + 1);
  int bits = -1;
  const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), bits);
  const int offset = is_mapped(*base) ? kMappedBits : 0;
  if (parsed.ec != std::errc() || parsed.ptr != digits.data() + digits.size() || bits < 0 ||
      bits + offset > 128) {
    return std::nullopt;
  }
  range.bits_ = bits + offset;
  return range;
}

bool AddressRange::contains(const NetworkAddress& address) const {
  const auto whole = static_cast<std::size_t>(bits_ / 8);
  if (!std::equal(base_.bytes.begin(), base_.bytes.begin() + static_cast<std::ptrdiff_t>(whole),
                  address.bytes.begin())) {
    return false;
  }
  if (bits_ % 8 == 0) return true;
  const auto mask = static_cast<std::uint8_t>(0xff << (8 - bits_ % 8));
  return ((base_.bytes[whole] ^ address.bytes[whole]) & mask) == 0;
}

}  // namespace desirepath::collector
