// What names a person or a device: a type and a normalised value, e.g. userId:u-17 or anonymousId:9f….
#pragma once

#include <compare>
#include <string>
#include <string_view>

namespace desirepath::collector {

inline constexpr std::string_view kUserIdType = "userId";
inline constexpr std::string_view kAnonymousIdType = "anonymousId";

struct Identifier {
  std::string type;
  std::string value;  // normalised by IdentifierRules; at most kIdentifierBytesMax

  friend auto operator<=>(const Identifier&, const Identifier&) = default;
  friend bool operator==(const Identifier&, const Identifier&) = default;
};

// 24 hex digits of the SHA-256 of type, NUL and value: the id of the profile whose smallest identifier this
// is. Stable for ever and the same in every collector.
std::string public_id(const Identifier& identifier);

// "type:value", for messages and ledgers.
std::string to_string(const Identifier& identifier);

}  // namespace desirepath::collector
