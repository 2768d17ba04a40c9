// How definitions are known in states and on the wire: by the hash of their kind and id. A public program
// shows `#` and eight hex digits in place of an id; both texts are the same key.
#pragma once

#include <cstdint>
#include <string_view>

#include "sdk/engine/bytes.hpp"

namespace desirepath {

inline constexpr std::size_t kHashedIdBytes = 9;

inline std::uint32_t definition_key(std::string_view kind, std::string_view id) noexcept {
  if (id.size() == kHashedIdBytes && id[0] == '#') {
    std::uint32_t key = 0;
    bool hex = true;
    for (std::size_t i = 1; i < kHashedIdBytes; ++i) {
      const char c = id[i];
      const int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
      hex = hex && digit >= 0;
      key = key << 4 | (static_cast<std::uint32_t>(digit) & 15);
    }
    if (hex) return key;
  }
  return fnv1a(id, fnv1a(":", fnv1a(kind)));
}

}  // namespace desirepath
