// The one door between a decision and what it does to a person (DESIGN section 6, "Effects are facts, and
// pass one gate"). In the fold's transaction it judges what server channels propose; what passes gets an
// outbox row and a fact, `Decision Reserved`, which the engine folds like any event, so that caps count it.
//
// What may act: a fired decision of a channel with a destination, within its trigger's freshness of now,
// whose anchor was not imported and came after the last restore, which `reason_to_stop`
// (sdk/engine/effect_gate.hpp) lets pass with all facts there are, and which has no outbox row yet. A refold
// that comes to it again meets its row. Where a proved profile would be addressed because of what a write key
// claims, it is held as "unproved": the device that sent the anchor must have been named by a proved event
// itself.
//
// The suppression list (profile/suppression_check.hpp) is asked here and by /v1/decide, never by the fold of
// events: an entry is an operator's order about what is sent from now on, no fact of the person's past, so
// that the same events give the same decision history with it and without it. Who is on it has a decision
// that fired and a row that is held as "suppressed". What waits when an entry is made is held too, and what
// it had reserved is released. Taking an entry away sends nothing that it stopped.
//
// A row that waits is withdrawn when a refold no longer comes to its decision (withdrawn for good), settled
// by the facts `Decision Delivered` and `Decision Released` of receipts. The unknown counts as delivered.
//
// The same door writes `Experiment Assigned` for places in experiments that reach beyond the browser, which
// says its own.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "collector/error.hpp"
#include "collector/fold/identity_fold.hpp"
#include "collector/fold/profile_engine.hpp"
#include "collector/fold/profile_fold.hpp"
#include "collector/profile/find_event.hpp"
#include "collector/profile/outbox_rows.hpp"
#include "collector/profile/profile_store.hpp"
#include "collector/profile/suppression_check.hpp"

namespace desirepath::collector {

class EffectGate {
 public:
  EffectGate(ProfileSession& session, ProfileEngine& engine, IdentityFold& identities, ProfileFold& profiles)
      : session_(session), engine_(engine), identities_(identities), profiles_(profiles) {}

  // Takes what became of decisions and who was assigned where.
  void take(std::vector<ProfileNews> news);
  // Judges the earliest proposal of each profile, and withdraws what no longer stands. Returns the facts this
  // makes, to be folded before it is called again.
  Result<std::vector<StoredEvent>> judge(const FoldMoment& moment);
  bool is_idle() const { return proposals_.empty() && changed_.empty() && assignments_.empty(); }
  // Settles the row that a proved effect fact of the profile is about; other events are let pass.
  Result<void> settle(NodeId profile, const StoredEvent& event, const FoldMoment& moment);
  // Holds the waiting row if its person is on the suppression list by now; the fact this makes goes to
  // `facts`.
  Result<void> stop_suppressed(const OutboxRow& row, const FoldMoment& moment,
                               std::vector<StoredEvent>& facts);

  void forget();

 private:
  Result<void> judge_one(NodeId profile, const DecisionRecord& decision, const FoldMoment& moment,
                         std::vector<StoredEvent>& facts);
  Result<std::optional<OutboxRow>> proposal_of(NodeId profile, const DecisionRecord& decision,
                                               const FoldMoment& moment);
  Result<void> withdraw(NodeId profile, const DecisionRecord& decision, const FoldMoment& moment,
                        std::vector<StoredEvent>& facts);
  Result<void> assign(NodeId profile, const AssignmentRecord& assignment, const FoldMoment& moment,
                      std::vector<StoredEvent>& facts);
  Result<bool> is_proved_for(NodeId profile, const StrandRecord& strand);
  Result<OutboxPerson> person_of(const StrandRecord& strand);
  Result<bool> is_of(const OutboxPerson& person, NodeId profile);
  Result<std::optional<NodeId>> profile_of(const OutboxPerson& person);
  Result<void> release(NodeId profile, const OutboxRow& row, const FoldMoment& moment,
                       std::vector<StoredEvent>& facts);
  // The event that a decision or a place came of, of those the profile has.
  Result<std::optional<FoundEvent>> find_anchor(NodeId profile, std::string_view message_id,
                                                std::int64_t not_after_ms);
  Result<std::int64_t> restored_at_ms(std::int64_t now_ms);

  ProfileSession& session_;
  ProfileEngine& engine_;
  IdentityFold& identities_;
  ProfileFold& profiles_;
  std::map<NodeId, std::vector<DecisionRecord>> proposals_;
  std::deque<std::pair<NodeId, DecisionRecord>> changed_;
  std::deque<std::pair<NodeId, AssignmentRecord>> assignments_;
  std::optional<std::int64_t> restored_at_ms_;
};

}  // namespace desirepath::collector
