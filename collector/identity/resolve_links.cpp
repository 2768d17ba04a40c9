#include "collector/identity/resolve_links.hpp"

#include <algorithm>
#include <numeric>
#include <tuple>
#include <utility>

namespace desirepath::collector {
namespace {

// Groups of nodes while links are taken one by one.
class Groups {
 public:
  Groups(const IdentifierRules& rules, std::span<const IdentityNode> nodes) : rules_(rules), nodes_(nodes) {
    parent_.resize(nodes.size());
    std::iota(parent_.begin(), parent_.end(), 0U);
    groups_.resize(nodes.size());
    for (std::uint32_t i = 0; i < nodes.size(); ++i) {
      groups_[i].strongest = i;
      groups_[i].proved = nodes[i].proved;
      const IdentifierRule* rule = rules.find(nodes[i].identifier.type);
      if (rule != nullptr && rule->unique) groups_[i].unique = {i};
    }
  }

  std::uint32_t root(std::uint32_t node) {
    while (parent_[node] != node) node = parent_[node] = parent_[parent_[node]];
    return node;
  }
  std::uint32_t strongest(std::uint32_t node) { return groups_[root(node)].strongest; }

  Verdict take(const IdentityLink& link, std::span<const IdentityCut> cuts) {
    const std::uint32_t one = root(link.one);
    const std::uint32_t other = root(link.other);
    if (one == other) return Verdict::joined;
    for (const IdentityCut& cut : cuts) {
      const std::uint32_t left = root(cut.one);
      const std::uint32_t right = root(cut.other);
      if ((left == one && right == other) || (left == other && right == one)) return Verdict::cut;
    }
    for (const std::uint32_t a : groups_[one].unique) {
      for (const std::uint32_t b : groups_[other].unique) {
        if (nodes_[a].identifier.type == nodes_[b].identifier.type) return Verdict::conflict;
      }
    }
    if (!link.evidence.proved && groups_[one].proved && groups_[other].proved) return Verdict::two_proved;
    join(one, other);
    return Verdict::joined;
  }

 private:
  struct Group {
    std::uint32_t strongest = 0;
    std::uint32_t size = 1;
    bool proved = false;
    std::vector<std::uint32_t> unique;  // at most one node of each unique type
  };

  void join(std::uint32_t into, std::uint32_t from) {
    if (groups_[into].size < groups_[from].size) std::swap(into, from);
    Group& kept = groups_[into];
    const Group& gone = groups_[from];
    parent_[from] = into;
    kept.size += gone.size;
    kept.proved = kept.proved || gone.proved;
    kept.unique.insert(kept.unique.end(), gone.unique.begin(), gone.unique.end());
    if (rules_.stronger(nodes_[gone.strongest].identifier, nodes_[kept.strongest].identifier)) {
      kept.strongest = gone.strongest;
    }
  }

  const IdentifierRules& rules_;
  std::span<const IdentityNode> nodes_;
  std::vector<std::uint32_t> parent_;
  std::vector<Group> groups_;
};

// The order in which links are taken.
struct Rank {
  bool claimed;
  int stronger_priority;
  int weaker_priority;
  const LinkOrigin* origin;
  const Identifier* smaller;
  const Identifier* larger;

  friend bool operator<(const Rank& a, const Rank& b) {
    return std::tie(a.claimed, a.stronger_priority, a.weaker_priority, *a.origin, *a.smaller, *a.larger) <
           std::tie(b.claimed, b.stronger_priority, b.weaker_priority, *b.origin, *b.smaller, *b.larger);
  }
};

Rank rank_of(const IdentifierRules& rules, std::span<const IdentityNode> nodes, const IdentityLink& link) {
  const Identifier* one = &nodes[link.one].identifier;
  const Identifier* other = &nodes[link.other].identifier;
  const auto [strong, weak] = std::minmax({rules.priority(one->type), rules.priority(other->type)});
  if (*other < *one) std::swap(one, other);
  const bool claimed = !link.evidence.proved;
  return {claimed, strong, weak, claimed ? &*link.evidence.claimed : &*link.evidence.proved, one, other};
}

}  // namespace

bool is_blocked(const IdentifierRules& rules, const IdentityNode& node, Trust trust) {
  const IdentifierRule* rule = rules.find(node.identifier.type);
  const std::size_t links_max = rule == nullptr ? kLinksMaxDefault : rule->links_max;
  return (trust == Trust::proved ? node.links_proved : node.links_all) > links_max ||
         node.links_proved > links_max;
}

bool is_live(const IdentifierRules& rules, const IdentityNode& one, const IdentityNode& other,
             const LinkEvidence& evidence, Verdict* why) {
  const Trust trust = evidence.proved ? Trust::proved : Trust::claimed;
  const auto trusted_only = [&](const IdentityNode& node) {
    const IdentifierRule* rule = rules.find(node.identifier.type);
    return rule != nullptr && rule->trusted_sources_only;
  };
  Verdict verdict = Verdict::joined;
  if (trust == Trust::claimed && (trusted_only(one) || trusted_only(other))) {
    verdict = Verdict::untrusted;
  } else if (is_blocked(rules, one, trust) || is_blocked(rules, other, trust)) {
    verdict = Verdict::blocked;
  }
  if (why != nullptr) *why = verdict;
  return verdict == Verdict::joined;
}

Resolution resolve_links(const IdentifierRules& rules, std::span<const IdentityNode> nodes,
                         std::span<const IdentityLink> links, std::span<const IdentityCut> cuts) {
  Resolution resolution;
  resolution.verdicts.resize(links.size());
  std::vector<std::pair<Rank, std::uint32_t>> order;
  for (std::uint32_t i = 0; i < links.size(); ++i) {
    const IdentityLink& link = links[i];
    if (is_live(rules, nodes[link.one], nodes[link.other], link.evidence, &resolution.verdicts[i])) {
      order.emplace_back(rank_of(rules, nodes, link), i);
    }
  }
  std::sort(order.begin(), order.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  Groups groups(rules, nodes);
  for (const auto& [rank, index] : order) resolution.verdicts[index] = groups.take(links[index], cuts);
  resolution.profile_of.resize(nodes.size());
  for (std::uint32_t i = 0; i < nodes.size(); ++i) resolution.profile_of[i] = groups.strongest(i);
  return resolution;
}

const char* to_string(Verdict verdict) noexcept {
  switch (verdict) {
    case Verdict::joined: return "joined";
    case Verdict::conflict: return "conflict";
    case Verdict::two_proved: return "two_proved";
    case Verdict::cut: return "cut";
    case Verdict::untrusted: return "untrusted";
    case Verdict::blocked: return "blocked";
  }
  return "";
}

}  // namespace desirepath::collector
