// Network addresses and ranges of them, IPv4 and IPv6 alike.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace desirepath::collector {

// An IPv6 address; an IPv4 address as its mapped form (::ffff:a.b.c.d).
struct NetworkAddress {
  std::array<std::uint8_t, 16> bytes{};
  bool operator==(const NetworkAddress&) const = default;
};

// "192.0.2.1", "2001:db8::1", "[2001:db8::1]", each also with ":port". None for anything else; a name is no
// address.
std::optional<NetworkAddress> parse_address(std::string_view text);

bool is_loopback(const NetworkAddress& address);

// Who counts as one sender: an IPv4 address by itself, of IPv6 the network of 64 bits that a household gets.
NetworkAddress sender_of(NetworkAddress address);

class AddressRange {
 public:
  // "10.0.0.0/8", "fd00::/8", or one address. None for anything else.
  static std::optional<AddressRange> parse(std::string_view text);
  bool contains(const NetworkAddress& address) const;

 private:
  NetworkAddress base_;
  int bits_ = 128;
};

}  // namespace desirepath::collector
