// Internet addresses of people, and how much of them is kept.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace desirepath::collector {

enum class AddressPolicy : std::uint8_t {
  anonymous,  // the network alone: an IPv4 address without its last 8 bits, an IPv6 one without its last 80
  full,
  none,
};

// "anonymous", "full" or "none"; none for another word.
std::optional<AddressPolicy> parse_address_policy(std::string_view word) noexcept;

// The address as it is kept, in its shortest usual form; an IPv4 address in IPv6 dress becomes IPv4. None for
// what is no address, and where the policy keeps none.
std::optional<std::string> kept_address(std::string_view address, AddressPolicy policy);

}  // namespace desirepath::collector
