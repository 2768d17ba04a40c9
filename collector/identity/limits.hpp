// Every bound of identity, with its unit and what it means in the world.
#pragma once

#include <cstddef>

namespace desirepath::collector {

// Bytes of one identifier's value; a UUID has 36, an e-mail address at most 254.
inline constexpr std::size_t kIdentifierBytesMax = 256;

// Other identifiers one identifier may be linked to before it is taken for a shared one (a kiosk, a test
// account, a constant in somebody's code) and blocked. A person who loses cookies every week for nine years
// reaches it.
inline constexpr std::size_t kLinksMaxDefault = 500;

// Identifier types a set of journeys may declare.
inline constexpr std::size_t kIdentifierTypesMax = 16;

}  // namespace desirepath::collector
