// Whom the suppression list keeps from being contacted.
//
// A profile is addressed by its identifiers and by what its address traits say, whether those made it into a
// link or not: of two people who share an address both are left alone. On a profile that is proved nothing
// counts that a write key alone has claimed, or anybody could silence somebody else.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "collector/error.hpp"
#include "collector/identity/identifier_rules.hpp"
#include "collector/profile/profile_store.hpp"
#include "collector/profile/suppression_rows.hpp"

namespace desirepath::collector {

// What the list calls an address: normalised as its rule says, `email` in small letters whatever the rules
// say, `email` and `phone` also where no journey declares them. None where nobody can be meant by it.
std::optional<Identifier> contact_identifier(const IdentifierRules& rules, std::string_view type,
                                             std::string_view value);

// All that a profile is addressed by, distinct.
Result<std::vector<Identifier>> contact_identifiers(ProfileSession& session, const IdentifierRules& rules,
                                                    NodeId profile);

// The entries that cover a profile.
Result<std::vector<Suppression>> suppressions_of(ProfileSession& session, const IdentifierRules& rules,
                                                 NodeId profile);

// Whether nothing may be sent to the profile on a server channel.
Result<bool> is_suppressed(ProfileSession& session, const IdentifierRules& rules, NodeId profile,
                           std::string_view channel);

}  // namespace desirepath::collector
