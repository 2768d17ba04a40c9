#include "collector/ingest/address_policy.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>

namespace desirepath::collector {
namespace {

constexpr std::size_t kKeptBytesV4 = 3;  // /24
constexpr std::size_t kKeptBytesV6 = 6;  // /48
constexpr std::array<std::uint8_t, 12> kMappedV4 = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

template <std::size_t Size>
std::string text_of(int family, std::array<std::uint8_t, Size> bytes, std::size_t kept) {
  std::fill(bytes.begin() + static_cast<std::ptrdiff_t>(kept), bytes.end(), std::uint8_t{0});
  char text[INET6_ADDRSTRLEN];
  return ::inet_ntop(family, bytes.data(), text, sizeof text) == nullptr ? std::string() : text;
}

}  // namespace

std::optional<AddressPolicy> parse_address_policy(std::string_view word) noexcept {
  if (word == "anonymous") return AddressPolicy::anonymous;
  if (word == "full") return AddressPolicy::full;
  if (word == "none") return AddressPolicy::none;
  return std::nullopt;
}

std::optional<std::string> kept_address(std::string_view address, AddressPolicy policy) {
  if (policy == AddressPolicy::none || address.size() >= INET6_ADDRSTRLEN) return std::nullopt;
  const std::string text(address);
  const bool whole = policy == AddressPolicy::full;
  std::array<std::uint8_t, 4> v4{};
  if (::inet_pton(AF_INET, text.c_str(), v4.data()) == 1) {
    return text_of(AF_INET, v4, whole ? v4.size() : kKeptBytesV4);
  }
  std::array<std::uint8_t, 16> v6{};
  if (::inet_pton(AF_INET6, text.c_str(), v6.data()) != 1) return std::nullopt;
  if (std::equal(kMappedV4.begin(), kMappedV4.end(), v6.begin())) {
    std::copy(v6.begin() + kMappedV4.size(), v6.end(), v4.begin());
    return text_of(AF_INET, v4, whole ? v4.size() : kKeptBytesV4);
  }
  return text_of(AF_INET6, v6, whole ? v6.size() : kKeptBytesV6);
}

}  // namespace desirepath::collector
