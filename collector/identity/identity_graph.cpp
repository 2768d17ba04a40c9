#include "collector/identity/identity_graph.hpp"

#include <unordered_map>
#include <unordered_set>
#include <utility>

namespace desirepath::collector {
namespace {

Blocked blocked_now(const IdentifierRules& rules, const IdentityNode& node) {
  if (is_blocked(rules, node, Trust::proved)) return Blocked::all;
  return is_blocked(rules, node, Trust::claimed) ? Blocked::claims : Blocked::nothing;
}

// What new evidence can reach, gathered from the store.
class Reach {
 public:
  Reach(const IdentifierRules& rules, IdentityStore& store) : rules_(rules), store_(store) {}

  Result<void> gather(std::span<const Touched> touched) {
    for (const Touched& pair : touched) {
      if (auto done = enter(pair.one); !done) return done;
      if (pair.one == pair.other) continue;
      if (auto done = enter(pair.other); !done) return done;
      auto stored = store_.link(pair.one, pair.other);
      if (!stored) return tl::unexpected(stored.error());
      if (*stored) add_link(**stored);
    }
    while (!open_.empty()) {
      const NodeId id = open_.back();
      open_.pop_back();
      if (auto done = expand(id); !done) return done;
    }
    return gather_cuts();
  }

  Result<std::vector<MovedNode>> resolve() {
    const Resolution resolution = resolve_links(rules_, nodes_, links_, cuts_);
    for (std::size_t i = 0; i < links_.size(); ++i) {
      if (resolution.verdicts[i] == link_before_[i]) continue;
      auto done = store_.set_verdict(ids_[links_[i].one], ids_[links_[i].other], resolution.verdicts[i]);
      if (!done) return tl::unexpected(done.error());
    }
    std::vector<MovedNode> moved;
    for (std::size_t i = 0; i < ids_.size(); ++i) {
      if (!expanded_.contains(ids_[i])) continue;
      const NodeId profile = ids_[resolution.profile_of[i]];
      const Blocked blocked = blocked_now(rules_, nodes_[i]);
      MovedNode change{ids_[i], before_[i].profile, profile, blocked != before_[i].blocked};
      if (change.before == change.after && !change.blocked_changed) continue;
      if (change.before != change.after) {
        if (auto done = store_.set_profile(ids_[i], profile); !done) return tl::unexpected(done.error());
      }
      if (change.blocked_changed) {
        if (auto done = store_.set_blocked(ids_[i], blocked); !done) return tl::unexpected(done.error());
      }
      moved.push_back(change);
    }
    return moved;
  }

 private:
  // Loads a node once; whether its profile is resolved anew is decided by `enter`.
  Result<std::uint32_t> index_of(NodeId id) {
    if (const auto found = index_.find(id); found != index_.end()) return found->second;
    auto stored = store_.node(id);
    if (!stored) return tl::unexpected(stored.error());
    const auto index = static_cast<std::uint32_t>(ids_.size());
    index_.emplace(id, index);
    ids_.push_back(id);
    nodes_.push_back(stored->node);
    before_.push_back({stored->profile, stored->blocked});
    return index;
  }

  Result<void> enter(NodeId id) {
    auto index = index_of(id);
    if (!index) return tl::unexpected(index.error());
    if (expanded_.insert(id).second) open_.push_back(id);
    return {};
  }

  Result<void> expand(NodeId id) {
    const std::uint32_t at = index_.at(id);
    const Blocked blocked = blocked_now(rules_, nodes_[at]);
    const bool newly_blocked = blocked != before_[at].blocked;
    // A blocked hub is not walked again and again: what its links were part of was resolved when it was
    // blocked.
    if (blocked == Blocked::all && !newly_blocked) return {};
    auto links = store_.links_of(id, blocked == Blocked::claims && !newly_blocked);
    if (!links) return tl::unexpected(links.error());
    for (const StoredLink& stored : *links) {
      const NodeId partner = stored.one == id ? stored.other : stored.one;
      auto other = index_of(partner);
      if (!other) return tl::unexpected(other.error());
      if (newly_blocked || is_live(rules_, nodes_[at], nodes_[*other], stored.evidence)) {
        if (auto done = enter(partner); !done) return done;
      }
      add_link(stored);
    }
    return {};
  }

  void add_link(const StoredLink& stored) {
    if (!seen_.insert({stored.one, stored.other}).second) return;
    links_.push_back({index_.at(stored.one), index_.at(stored.other), stored.evidence});
    link_before_.push_back(stored.verdict);
  }

  Result<void> gather_cuts() {
    for (const NodeId id : expanded_) {
      auto cuts = store_.cuts_of(id);
      if (!cuts) return tl::unexpected(cuts.error());
      for (const NodeId other : *cuts) {
        if (id < other && expanded_.contains(other)) cuts_.push_back({index_.at(id), index_.at(other)});
      }
    }
    return {};
  }

  struct PairHash {
    std::size_t operator()(const std::pair<NodeId, NodeId>& pair) const noexcept {
      return std::hash<NodeId>{}(pair.first) * 0x9E3779B97F4A7C15ULL + std::hash<NodeId>{}(pair.second);
    }
  };
  struct Before {
    NodeId profile;
    Blocked blocked;
  };

  const IdentifierRules& rules_;
  IdentityStore& store_;
  std::unordered_map<NodeId, std::uint32_t> index_;
  std::unordered_set<NodeId> expanded_;
  std::vector<NodeId> open_;
  std::vector<NodeId> ids_;
  std::vector<IdentityNode> nodes_;
  std::vector<Before> before_;
  std::unordered_set<std::pair<NodeId, NodeId>, PairHash> seen_;
  std::vector<IdentityLink> links_;
  std::vector<Verdict> link_before_;
  std::vector<IdentityCut> cuts_;
};

}  // namespace

Result<std::vector<MovedNode>> resolve_touched(const IdentifierRules& rules, IdentityStore& store,
                                               std::span<const Touched> touched) {
  Reach reach(rules, store);
  if (auto done = reach.gather(touched); !done) return tl::unexpected(done.error());
  return reach.resolve();
}

}  // namespace desirepath::collector
