// Identifiers, links and cuts in the profile store: identity's store in SQLite. One thread, in the caller's
// transaction.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "collector/identity/identity_graph.hpp"

namespace desirepath::collector {

class Connection;

struct CutRecord {
  Identifier one;
  Identifier other;
  std::int64_t made_at_ms = 0;
};

class IdentityRows final : public IdentityStore {
 public:
  explicit IdentityRows(Connection& connection);
  ~IdentityRows() override;

  Result<std::optional<NodeId>> find(const Identifier& identifier);
  // By profile id: 24 hex digits.
  Result<std::optional<NodeId>> find_public(std::string_view public_id);
  Result<NodeId> insert(const Identifier& identifier);
  Result<void> set_proved(NodeId id);

  // Writes the evidence of a link, `one` < `other`, and counts it where it is new or newly proved.
  Result<void> write_link(const StoredLink& link, bool is_new, bool newly_proved);
  Result<void> add_cut(NodeId one, NodeId other, std::int64_t made_at_ms);
  // All identifiers of the profile, the strongest not first.
  Result<std::vector<NodeId>> members(NodeId profile);
  // Whether a proved event has carried one of its identifiers.
  Result<bool> is_proved(NodeId profile);
  Result<std::vector<CutRecord>> cuts();

  Result<StoredNode> node(NodeId id) override;
  Result<std::optional<StoredLink>> link(NodeId one, NodeId other) override;
  Result<std::vector<StoredLink>> links_of(NodeId id, bool proved_only) override;
  Result<std::vector<NodeId>> cuts_of(NodeId id) override;
  Result<void> set_profile(NodeId id, NodeId profile) override;
  Result<void> set_blocked(NodeId id, Blocked blocked) override;
  Result<void> set_verdict(NodeId one, NodeId other, Verdict verdict) override;

 private:
  struct Statements;
  std::unique_ptr<Statements> sql_;
};

}  // namespace desirepath::collector
