// Links: what makes two identifiers one person. A link is what all sightings of its pair come to; adding a
// sighting is commutative, associative and idempotent, so a link is a function of the set of sightings.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "collector/identity/identifier.hpp"
#include "collector/journal/accepted_batch.hpp"

namespace desirepath::collector {

// The event that said so.
struct LinkOrigin {
  std::int64_t timestamp_ms = 0;
  std::string message_id;

  friend auto operator<=>(const LinkOrigin&, const LinkOrigin&) = default;
  friend bool operator==(const LinkOrigin&, const LinkOrigin&) = default;
};

// One event's word that two identifiers are one person.
struct Sighting {
  Identifier one;
  Identifier other;
  Trust trust = Trust::claimed;
  LinkOrigin origin;
};

// The earliest origin of each trust.
struct LinkEvidence {
  std::optional<LinkOrigin> proved;
  std::optional<LinkOrigin> claimed;

  // True when this sighting changed the evidence.
  bool add(Trust trust, const LinkOrigin& origin) {
    std::optional<LinkOrigin>& earliest = trust == Trust::proved ? proved : claimed;
    if (earliest && *earliest <= origin) return false;
    earliest = origin;
    return true;
  }

  friend bool operator==(const LinkEvidence&, const LinkEvidence&) = default;
};

// What became of a link.
enum class Verdict : std::uint8_t {
  joined,      // its identifiers are in one profile
  conflict,    // refused: two values of a unique type would meet
  two_proved,  // refused: a claimed link would join two proved profiles
  cut,         // refused: an un-merge says never
  untrusted,   // off: claimed, and one of its types takes links from trusted sources only
  blocked,     // off: one of its identifiers has too many links
};

// The ledger's word, e.g. "two_proved".
const char* to_string(Verdict verdict) noexcept;

}  // namespace desirepath::collector
