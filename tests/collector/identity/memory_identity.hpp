// The identity store's contract in memory, for property tests.
#pragma once

#include <algorithm>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "collector/identity/identity_graph.hpp"

namespace desirepath::collector::testing {

class MemoryIdentity final : public IdentityStore {
 public:
  NodeId id_of(const Identifier& identifier) {
    const auto [found, is_new] = ids_.try_emplace(identifier, static_cast<NodeId>(nodes_.size()) + 1);
    if (is_new) nodes_[found->second] = {{identifier, false, 0, 0}, found->second, Blocked::nothing};
    return found->second;
  }
  // Adds a sighting and returns what it touched.
  std::vector<Touched> add(const Sighting& sighting) {
    NodeId one = id_of(sighting.one);
    NodeId other = id_of(sighting.other);
    if (other < one) std::swap(one, other);
    std::vector<Touched> touched;
    for (const NodeId id : {one, other}) {
      if (sighting.trust == Trust::proved && !nodes_[id].node.proved) {
        nodes_[id].node.proved = true;
        touched.push_back({id, id});
      }
    }
    StoredLink& link = links_[{one, other}];
    const bool is_new = !link.evidence.proved && !link.evidence.claimed;
    const bool newly_proved = sighting.trust == Trust::proved && !link.evidence.proved;
    neighbours_[one].insert(other);
    neighbours_[other].insert(one);
    link.one = one;
    link.other = other;
    if (!link.evidence.add(sighting.trust, sighting.origin)) return touched;
    for (const NodeId id : {one, other}) {
      nodes_[id].node.links_all += is_new;
      nodes_[id].node.links_proved += newly_proved;
    }
    if (newly_proved) {
      proved_neighbours_[one].insert(other);
      proved_neighbours_[other].insert(one);
    }
    touched.push_back({one, other});
    return touched;
  }
  std::vector<Touched> cut(const Identifier& one, const Identifier& other) {
    const NodeId a = id_of(one);
    const NodeId b = id_of(other);
    cuts_[a].insert(b);
    cuts_[b].insert(a);
    return {{std::min(a, b), std::max(a, b)}};
  }

  // What resolving has asked for since the last call: nodes and links.
  std::size_t take_reads() { return std::exchange(reads_, 0); }

  Result<StoredNode> node(NodeId id) override {
    ++reads_;
    return nodes_.at(id);
  }
  Result<std::optional<StoredLink>> link(NodeId one, NodeId other) override {
    const auto found = links_.find({one, other});
    return found == links_.end() ? std::nullopt : std::optional(found->second);
  }
  Result<std::vector<StoredLink>> links_of(NodeId id, bool proved_only) override {
    std::vector<StoredLink> found;
    for (const NodeId other : (proved_only ? proved_neighbours_ : neighbours_)[id]) {
      found.push_back(links_.at(std::minmax(id, other)));
    }
    reads_ += found.size();
    return found;
  }
  Result<std::vector<NodeId>> cuts_of(NodeId id) override {
    return std::vector<NodeId>(cuts_[id].begin(), cuts_[id].end());
  }
  Result<void> set_profile(NodeId id, NodeId profile) override {
    nodes_.at(id).profile = profile;
    return {};
  }
  Result<void> set_blocked(NodeId id, Blocked blocked) override {
    nodes_.at(id).blocked = blocked;
    return {};
  }
  Result<void> set_verdict(NodeId one, NodeId other, Verdict verdict) override {
    links_.at({one, other}).verdict = verdict;
    return {};
  }

  // Identifier → the identifier that names its profile, as stored.
  std::map<Identifier, Identifier> profiles() {
    std::map<Identifier, Identifier> all;
    for (const auto& [identifier, id] : ids_)
      all[identifier] = nodes_.at(nodes_.at(id).profile).node.identifier;
    return all;
  }
  // Verdict of each link, as stored.
  std::map<std::pair<Identifier, Identifier>, Verdict> verdicts() {
    std::map<std::pair<Identifier, Identifier>, Verdict> all;
    for (const auto& [key, link] : links_) {
      const auto ends =
          std::minmax({nodes_.at(key.first).node.identifier, nodes_.at(key.second).node.identifier});
      all[{ends.first, ends.second}] = link.verdict;
    }
    return all;
  }
  // The same from scratch: everything at once, nothing remembered.
  void resolve_all(const IdentifierRules& rules) {
    std::vector<IdentityNode> nodes;
    std::vector<NodeId> ids;
    std::map<NodeId, std::uint32_t> index;
    for (const auto& [id, stored] : nodes_) {
      index[id] = static_cast<std::uint32_t>(nodes.size());
      ids.push_back(id);
      nodes.push_back(stored.node);
    }
    std::vector<IdentityLink> links;
    for (const auto& [key, link] : links_)
      links.push_back({index[key.first], index[key.second], link.evidence});
    std::vector<IdentityCut> cuts;
    for (const auto& [id, others] : cuts_) {
      for (const NodeId other : others) cuts.push_back({index[id], index[other]});
    }
    const Resolution resolution = resolve_links(rules, nodes, links, cuts);
    for (std::size_t i = 0; i < ids.size(); ++i) nodes_[ids[i]].profile = ids[resolution.profile_of[i]];
    std::size_t i = 0;
    for (auto& [key, link] : links_) link.verdict = resolution.verdicts[i++];
  }

 private:
  std::map<Identifier, NodeId> ids_;
  std::map<NodeId, StoredNode> nodes_;
  std::map<std::pair<NodeId, NodeId>, StoredLink> links_;
  std::map<NodeId, std::set<NodeId>> neighbours_;
  std::map<NodeId, std::set<NodeId>> proved_neighbours_;
  std::map<NodeId, std::set<NodeId>> cuts_;
  std::size_t reads_ = 0;
};

}  // namespace desirepath::collector::testing
