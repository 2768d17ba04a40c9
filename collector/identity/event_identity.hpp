// Whom one event is about: its stream, its owner and the links it makes. A pure function of the event and the
// rules.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "collector/identity/identifier_rules.hpp"
#include "sdk/engine/value.hpp"

namespace desirepath::collector {

// The type of a stream whose events name nobody; never a profile. Its value is one of 256 buckets of
// messageIds.
inline constexpr std::string_view kNobodyType = "";

struct EventIdentity {
  Identifier stream;  // anonymousId, else userId: the sender's dedupe scope
  Identifier owner;   // the stronger of userId and anonymousId: whose event it is, unless that is blocked
  std::vector<Identifier>
      others;  // what the event links to its owner: anonymousId, declared traits, an alias

  bool is_nobody() const { return stream.type == kNobodyType; }
};

// `event` is the whole event as a tagged object (userId, anonymousId, previousId, traits on an identify).
// Trait links come from identify events only, and a trait never owns an event: whose it is does not depend on
// whether the trait is believed. An alias links its owner to the anonymousId that `previousId` names, and to
// the userId of that name too where userId is not unique.
EventIdentity identify_event(const IdentifierRules& rules, const Value& event, std::string_view message_id);

}  // namespace desirepath::collector
