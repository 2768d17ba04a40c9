// The fold's hold on identity: identifiers become nodes, events' words become links, and what they touch is
// resolved once a batch. Remembers what it looked up until `forget`. One thread, in the caller's transaction.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "collector/error.hpp"
#include "collector/identity/identifier_rules.hpp"
#include "collector/identity/identity_graph.hpp"
#include "collector/profile/erasure_rows.hpp"
#include "collector/profile/identity_rows.hpp"

namespace desirepath::collector {

// A view, which holds until identities are resolved or forgotten.
struct NodeInfo {
  const Identifier& identifier;
  NodeId profile;
  Blocked blocked;
  bool proved;
};

class IdentityFold {
 public:
  IdentityFold(const IdentifierRules& rules, IdentityRows& rows) : rules_(rules), rows_(rows) {}

  // The node of an identifier, made where it is new; `trust` of the event that carries it.
  Result<NodeId> node(const Identifier& identifier, Trust trust);
  // Takes one event's word that two nodes are one person.
  Result<void> sight(NodeId one, NodeId other, Trust trust, const LinkOrigin& origin);
  // Takes a node with all its links over from another store, as far as today's rules know such identifiers.
  Result<void> recall(IdentityRows& before, NodeId there);
  // Keeps two nodes apart from now on.
  Result<void> cut(NodeId one, NodeId other, std::int64_t now_ms);
  // Takes nodes out: those of `kept` stay as identifiers without what joined them to the others. Their
  // neighbours are resolved anew with the next `resolve`. Forgets what it remembered. What an operator cut
  // goes with them or stays.
  Result<void> erase(ErasureRows& erasures, const std::vector<NodeId>& nodes,
                     const std::unordered_set<NodeId>& kept, bool with_cuts);
  // Resolves what was touched since the last call.
  Result<std::vector<MovedNode>> resolve();

  // Nodes that a proved event carried for the first time since the last call.
  std::vector<NodeId> take_newly_proved() { return std::exchange(newly_proved_, {}); }

  // As last resolved.
  Result<NodeInfo> info(NodeId id);
  // Whose an event is: its owner's profile, or its stream's where the owner is blocked.
  Result<NodeId> profile_of(NodeId stream, NodeId owner, Trust trust);

  void forget();
  void forget_when_full();

 private:
  struct Known {
    Identifier identifier;
    NodeId profile = 0;
    Blocked blocked = Blocked::nothing;
    bool proved = false;
  };
  struct IdentifierHash {
    std::size_t operator()(const Identifier& identifier) const noexcept {
      const std::hash<std::string_view> hash;
      return hash(identifier.value) * 31 + hash(identifier.type);
    }
  };
  struct PairHash {
    std::size_t operator()(const std::pair<NodeId, NodeId>& pair) const noexcept {
      return std::hash<NodeId>{}(pair.first) * 0x9E3779B97F4A7C15ULL + std::hash<NodeId>{}(pair.second);
    }
  };

  Result<std::optional<NodeId>> recalled(IdentityRows& before, NodeId there);

  const IdentifierRules& rules_;
  IdentityRows& rows_;
  std::unordered_map<Identifier, NodeId, IdentifierHash> ids_;
  std::unordered_map<NodeId, Known> infos_;
  std::unordered_map<std::pair<NodeId, NodeId>, LinkEvidence, PairHash> links_;
  std::vector<Touched> touched_;
  std::vector<NodeId> newly_proved_;
};

}  // namespace desirepath::collector
