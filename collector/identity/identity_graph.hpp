// Identity kept up to date: only the part of the graph that new evidence can reach is resolved again, with
// the same result as resolving everything (resolve_links.hpp), which a property test holds it to.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "collector/error.hpp"
#include "collector/identity/identifier_rules.hpp"
#include "collector/identity/link.hpp"
#include "collector/identity/resolve_links.hpp"

namespace desirepath::collector {

// Number of an identifier in its store; says nothing about order or age.
using NodeId = std::int64_t;

// What is off for an identifier because it has too many links; ordered.
enum class Blocked : std::uint8_t { nothing, claims, all };

struct StoredNode {
  IdentityNode node;
  NodeId profile = 0;                  // strongest node of its profile, as last resolved; itself when new
  Blocked blocked = Blocked::nothing;  // as last resolved
};

struct StoredLink {
  NodeId one = 0;
  NodeId other = 0;
  LinkEvidence evidence;
  Verdict verdict = Verdict::joined;
};

// What new evidence is about: the ends of a new or changed link or of a new cut; or one node twice, first
// seen in a proved event.
struct Touched {
  NodeId one = 0;
  NodeId other = 0;
};

// Where the graph is kept. One thread; calls nest in the caller's transaction.
class IdentityStore {
 public:
  virtual ~IdentityStore() = default;
  virtual Result<StoredNode> node(NodeId id) = 0;
  virtual Result<std::optional<StoredLink>> link(NodeId one,
                                                 NodeId other) = 0;  // in the order it is stored in
  virtual Result<std::vector<StoredLink>> links_of(NodeId id, bool proved_only) = 0;
  virtual Result<std::vector<NodeId>> cuts_of(NodeId id) = 0;
  virtual Result<void> set_profile(NodeId id, NodeId profile) = 0;
  virtual Result<void> set_blocked(NodeId id, Blocked blocked) = 0;
  virtual Result<void> set_verdict(NodeId one, NodeId other, Verdict verdict) = 0;
};

// A node that changed its profile, or what is blocked for it.
struct MovedNode {
  NodeId node = 0;
  NodeId before = 0;  // profile
  NodeId after = 0;
  bool blocked_changed = false;
};

// Resolves everything that `touched` can reach over links and stores what changed.
Result<std::vector<MovedNode>> resolve_touched(const IdentifierRules& rules, IdentityStore& store,
                                               std::span<const Touched> touched);

}  // namespace desirepath::collector
