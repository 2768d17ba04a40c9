#include "collector/fold/identity_fold.hpp"

#include <optional>
#include <utility>

#include "collector/fold/limits.hpp"

namespace desirepath::collector {

Result<NodeId> IdentityFold::node(const Identifier& identifier, Trust trust) {
  NodeId id = 0;
  if (const auto known = ids_.find(identifier); known != ids_.end()) {
    id = known->second;
  } else {
    auto found = rows_.find(identifier);
    if (!found) return tl::unexpected(found.error());
    if (*found) {
      id = **found;
    } else {
      auto made = rows_.insert(identifier);
      if (!made) return made;
      id = *made;
      infos_[id] = {identifier, id, Blocked::nothing, false};
    }
    ids_.emplace(identifier, id);
  }
  if (trust == Trust::proved) {
    auto known = info(id);
    if (!known) return tl::unexpected(known.error());
    if (!known->proved) {
      if (auto done = rows_.set_proved(id); !done) return tl::unexpected(done.error());
      infos_[id].proved = true;
      touched_.push_back({id, id});
      newly_proved_.push_back(id);
    }
  }
  return id;
}

Result<void> IdentityFold::sight(NodeId one, NodeId other, Trust trust, const LinkOrigin& origin) {
  if (other < one) std::swap(one, other);
  const std::pair<NodeId, NodeId> key{one, other};
  auto known = links_.find(key);
  if (known == links_.end()) {
    auto stored = rows_.link(one, other);
    if (!stored) return tl::unexpected(stored.error());
    known = links_.emplace(key, *stored ? (*stored)->evidence : LinkEvidence{}).first;
  }
  LinkEvidence& evidence = known->second;
  const bool is_new = !evidence.proved && !evidence.claimed;
  const bool newly_proved = trust == Trust::proved && !evidence.proved;
  if (!evidence.add(trust, origin)) return {};
  touched_.push_back({one, other});
  return rows_.write_link({one, other, evidence, Verdict::joined}, is_new, newly_proved);
}

Result<std::optional<NodeId>> IdentityFold::recalled(IdentityRows& before, NodeId there) {
  auto stored = before.node(there);
  if (!stored) return tl::unexpected(stored.error());
  const IdentityNode& known = stored->node;
  const auto identifier = rules_.identify(known.identifier.type, known.identifier.value);
  if (!identifier) return std::optional<NodeId>{};
  auto made = node(*identifier, known.proved ? Trust::proved : Trust::claimed);
  if (!made) return tl::unexpected(made.error());
  return std::optional(*made);
}

Result<void> IdentityFold::recall(IdentityRows& before, NodeId there) {
  auto one = recalled(before, there);
  if (!one) return tl::unexpected(one.error());
  if (!*one) return {};
  auto links = before.links_of(there, false);
  if (!links) return tl::unexpected(links.error());
  for (const StoredLink& link : *links) {
    auto other = recalled(before, link.one == there ? link.other : link.one);
    if (!other) return tl::unexpected(other.error());
    if (!*other || **other == **one) continue;
    for (const Trust trust : {Trust::proved, Trust::claimed}) {
      const auto& origin = trust == Trust::proved ? link.evidence.proved : link.evidence.claimed;
      if (!origin) continue;
      if (auto done = sight(**one, **other, trust, *origin); !done) return done;
    }
  }
  return {};
}

Result<void> IdentityFold::cut(NodeId one, NodeId other, std::int64_t now_ms) {
  if (other < one) std::swap(one, other);
  touched_.push_back({one, other});
  return rows_.add_cut(one, other, now_ms);
}

Result<void> IdentityFold::erase(ErasureRows& erasures, const std::vector<NodeId>& nodes,
                                 const std::unordered_set<NodeId>& kept, bool with_cuts) {
  forget();
  const std::unordered_set<NodeId> erased(nodes.begin(), nodes.end());
  std::unordered_set<NodeId> neighbours;
  for (const NodeId node : nodes) {
    auto links = rows_.links_of(node, false);
    if (!links) return tl::unexpected(links.error());
    for (const StoredLink& link : *links) {
      const NodeId other = link.one == node ? link.other : link.one;
      if (kept.contains(node) && !erased.contains(other)) continue;
      if (auto done = erasures.remove_link(link); !done) return done;
      if (!erased.contains(other)) neighbours.insert(other);
    }
  }
  for (const NodeId node : nodes) {
    Result<void> done =
        kept.contains(node) ? rows_.set_profile(node, node) : erasures.remove_identifier(node, with_cuts);
    if (!done) return done;
  }
  neighbours.insert(kept.begin(), kept.end());
  for (const NodeId node : neighbours) touched_.push_back({node, node});
  return {};
}

Result<std::vector<MovedNode>> IdentityFold::resolve() {
  if (touched_.empty()) return std::vector<MovedNode>{};
  auto moved = resolve_touched(rules_, rows_, touched_);
  if (!moved) return moved;
  touched_.clear();
  for (const MovedNode& node : *moved) infos_.erase(node.node);
  return moved;
}

Result<NodeInfo> IdentityFold::info(NodeId id) {
  auto known = infos_.find(id);
  if (known == infos_.end()) {
    auto stored = rows_.node(id);
    if (!stored) return tl::unexpected(stored.error());
    known = infos_
                .emplace(id, Known{std::move(stored->node.identifier), stored->profile, stored->blocked,
                                   stored->node.proved})
                .first;
  }
  const Known& node = known->second;
  return NodeInfo{node.identifier, node.profile, node.blocked, node.proved};
}

Result<NodeId> IdentityFold::profile_of(NodeId stream, NodeId owner, Trust trust) {
  auto found = info(owner);
  if (!found) return tl::unexpected(found.error());
  const bool blocked =
      found->blocked == Blocked::all || (found->blocked == Blocked::claims && trust == Trust::claimed);
  if (!blocked || stream == owner) return found->profile;
  auto sender = info(stream);
  if (!sender) return tl::unexpected(sender.error());
  return sender->profile;
}

void IdentityFold::forget() {
  ids_.clear();
  infos_.clear();
  links_.clear();
  touched_.clear();
  newly_proved_.clear();
}

void IdentityFold::forget_when_full() {
  if (ids_.size() > kCachedNodesMax || infos_.size() > kCachedNodesMax) {
    ids_.clear();
    infos_.clear();
  }
  if (links_.size() > kCachedLinksMax) links_.clear();
}

}  // namespace desirepath::collector
