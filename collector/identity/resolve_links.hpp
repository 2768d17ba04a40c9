// From the set of links to profiles: a pure function.
//
// Links are taken in the order proved before claimed, then type priority, then earliest timestamp, then
// messageId; each is accepted unless it would put two values of a unique type into one profile, join two
// proved profiles by a claim, or bring together what was cut. An identifier with more links than its type may
// have is blocked: by proved links wholly, by claimed ones for claimed links only, so that nobody can part a
// person by making claims.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "collector/identity/identifier_rules.hpp"
#include "collector/identity/link.hpp"

namespace desirepath::collector {

struct IdentityNode {
  Identifier identifier;
  bool proved = false;           // a proved event carried it
  std::size_t links_proved = 0;  // distinct pairs it is in with proved evidence
  std::size_t links_all = 0;     // distinct pairs it is in
};

// A pair, by index into the nodes.
struct IdentityLink {
  std::uint32_t one = 0;
  std::uint32_t other = 0;
  LinkEvidence evidence;
};

// Two nodes that must never share a profile, however they are linked.
struct IdentityCut {
  std::uint32_t one = 0;
  std::uint32_t other = 0;
};

struct Resolution {
  std::vector<std::uint32_t> profile_of;  // for each node: the strongest node of its profile
  std::vector<Verdict> verdicts;          // for each link
};

Resolution resolve_links(const IdentifierRules& rules, std::span<const IdentityNode> nodes,
                         std::span<const IdentityLink> links, std::span<const IdentityCut> cuts);

// Whether a link may be considered at all: false when it is untrusted or blocked whatever the rest of the
// graph says. `why`, where given, receives the verdict.
bool is_live(const IdentifierRules& rules, const IdentityNode& one, const IdentityNode& other,
             const LinkEvidence& evidence, Verdict* why = nullptr);

// Whether the identifier is blocked for links and events of this trust.
bool is_blocked(const IdentifierRules& rules, const IdentityNode& node, Trust trust);

}  // namespace desirepath::collector
