#include "collector/identity/identifier.hpp"

#include <openssl/sha.h>

#include <array>

namespace desirepath::collector {

std::string public_id(const Identifier& identifier) {
  std::string text;
  text.reserve(identifier.type.size() + 1 + identifier.value.size());
  text.append(identifier.type).push_back('\0');
  text.append(identifier.value);
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
  constexpr char kDigits[] = "0123456789abcdef";
  std::string id;
  id.reserve(24);
  for (std::size_t i = 0; i < 12; ++i) {
    id.push_back(kDigits[digest[i] >> 4]);
    id.push_back(kDigits[digest[i] & 15]);
  }
  return id;
}

std::string to_string(const Identifier& identifier) {
  return identifier.type + ":" + identifier.value;
}

}  // namespace desirepath::collector
