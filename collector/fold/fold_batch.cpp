#include "collector/fold/fold_batch.hpp"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "collector/fold/limits.hpp"
#include "collector/identity/event_identity.hpp"

namespace desirepath::collector {

FoldBatch::FoldBatch(ProfileSession& session, Tombstones& tombstones,
                     std::shared_ptr<const JourneySet> journeys, DecisionHorizon horizon,
                     const RefoldBounds& bounds)
    : session_(session),
      tombstones_(tombstones),
      journeys_(std::move(journeys)),
      engine_(journeys_, horizon),
      identities_(journeys_->identifiers, session.identities()),
      strands_(session.strands()),
      profiles_(session, engine_, strands_, std::move(horizon), bounds),
      gate_(session, engine_, identities_, profiles_),
      retention_(session.strands()) {}

Result<BatchCounts> FoldBatch::fold(std::vector<StoredEvent> events, const FoldMoment& moment) {
  kept_.clear();
  held_.clear();
  identities_.forget_when_full();
  strands_.forget_when_full();
  profiles_.forget_when_full();
  BatchCounts counts;
  for (StoredEvent& event : events) {
    if (event.position == 0) {
      event.position = moment.position;
      if (is_erased(event)) {
        ++counts.erased;
        continue;
      }
    }
    auto kept = add(std::move(event), counts);
    if (!kept) return tl::unexpected(kept.error());
  }
  if (auto done = strands_.flush(); !done) return tl::unexpected(done.error());
  std::vector<NodeId> refolded;
  if (auto done = settle_identity(moment, refolded); !done) return tl::unexpected(done.error());
  if (auto done = fold_news(refolded, moment); !done) return tl::unexpected(done.error());
  if (auto done = act(moment); !done) return tl::unexpected(done.error());
  return counts;
}

bool FoldBatch::is_full() const {
  return profiles_.is_full() || strands_.unwritten_bytes() > kUnwrittenChunkBytesMax;
}

Result<void> FoldBatch::write_back() {
  if (auto done = strands_.write_back(); !done) return done;
  return profiles_.write_back();
}

bool FoldBatch::is_erased(const StoredEvent& event) const {
  if (!tombstones_.may_precede(event.timestamp_ms, event.received_at_ms)) return false;
  const EventIdentity identity = identify_event(journeys_->identifiers, event.value(), event.message_id);
  return tombstones_.covers(identity, event.timestamp_ms, event.received_at_ms);
}

// Keeps one event unless it is a duplicate, and takes its word about who is who.
Result<bool> FoldBatch::add(StoredEvent event, BatchCounts& counts) {
  const EventIdentity identity = identify_event(journeys_->identifiers, event.value(), event.message_id);
  const Trust trust = event.trust;
  const LinkOrigin origin{event.timestamp_ms, event.message_id};
  // An unknown stream's first copy must not speak as a proved one before it is kept.
  auto stream = identities_.node(identity.stream, Trust::claimed);
  if (!stream) return tl::unexpected(stream.error());
  auto owner = identity.owner == identity.stream ? stream : identities_.node(identity.owner, Trust::claimed);
  if (!owner) return tl::unexpected(owner.error());
  auto added = strands_.add(*stream, *owner, std::move(event));
  if (!added) return tl::unexpected(added.error());
  counts.duplicates += added->is_copy ? 1 : 0;
  counts.differing_copies += added->is_differing ? 1 : 0;
  counts.events += added->is_copy ? 0 : 1;
  if (!added->is_kept) return false;
  if (identity.is_nobody()) return true;
  if (trust == Trust::proved) {
    for (const Identifier* named : {&identity.stream, &identity.owner}) {
      if (auto done = identities_.node(*named, trust); !done) return tl::unexpected(done.error());
    }
  }
  for (const Identifier& other : identity.others) {
    auto node = identities_.node(other, trust);
    if (!node) return tl::unexpected(node.error());
    if (auto done = identities_.sight(*owner, *node, trust, origin); !done)
      return tl::unexpected(done.error());
  }
  return true;
}

// Profiles between which something moved are refolded as a whole.
Result<void> FoldBatch::settle_identity(const FoldMoment& moment, std::vector<NodeId>& refolded) {
  auto moved = identities_.resolve();
  if (!moved) return tl::unexpected(moved.error());
  for (const MovedNode& node : *moved) {
    if (auto done = add_affected(node, refolded); !done) return done;
  }
  for (const StrandRecord& strand : strands_.take_displaced()) {
    auto profile = identities_.profile_of(strand.stream, strand.owner, strand.trust);
    if (!profile) return tl::unexpected(profile.error());
    refolded.push_back(*profile);
  }
  // What was claimed of somebody who is proved now is judged anew.
  for (const NodeId node : identities_.take_newly_proved()) {
    auto info = identities_.info(node);
    if (!info) return tl::unexpected(info.error());
    auto outdated = profiles_.is_held_unproved(info->profile);
    if (!outdated) return tl::unexpected(outdated.error());
    if (*outdated) refolded.push_back(info->profile);
  }
  std::sort(refolded.begin(), refolded.end());
  refolded.erase(std::unique(refolded.begin(), refolded.end()), refolded.end());
  const auto heir = [&](NodeId before) -> Result<NodeId> {
    auto info = identities_.info(before);
    if (!info) return tl::unexpected(info.error());
    return info->profile;
  };
  return refolded.empty() ? Result<void>{} : profiles_.refold_moved(refolded, heir, moment);
}

Result<void> FoldBatch::add_affected(const MovedNode& moved, std::vector<NodeId>& affected) {
  affected.push_back(moved.before);
  affected.push_back(moved.after);
  if (!moved.blocked_changed) return {};
  // Events that name a blocked owner go to who sent them, and come back when it is blocked no longer.
  auto strands = session_.strands().of_owner(moved.node);
  if (!strands) return tl::unexpected(strands.error());
  for (const StrandRecord& strand : *strands) {
    auto stream = identities_.info(strand.stream);
    if (!stream) return tl::unexpected(stream.error());
    affected.push_back(stream->profile);
  }
  return {};
}

Result<void> FoldBatch::fold_news(const std::vector<NodeId>& refolded, const FoldMoment& moment) {
  const std::unordered_set<NodeId> done_already(refolded.begin(), refolded.end());
  std::unordered_map<NodeId, std::vector<NewEvent>> by_profile;
  std::vector<NodeId> order;
  for (const StrandNews& news : strands_.news()) {
    auto stream = identities_.info(news.strand.stream);
    if (!stream) return tl::unexpected(stream.error());
    if (stream->identifier.type == kNobodyType) {
      for (const StoredEvent& event : *news.events) kept_.push_back({0, &event});
      continue;
    }
    auto profile = identities_.profile_of(news.strand.stream, news.strand.owner, news.strand.trust);
    if (!profile) return tl::unexpected(profile.error());
    for (const StoredEvent& event : *news.events) kept_.push_back({*profile, &event});
    if (done_already.contains(*profile)) continue;
    std::vector<NewEvent>& into = by_profile[*profile];
    if (into.empty()) order.push_back(*profile);
    const std::string name = to_string(stream->identifier);
    for (const StoredEvent& event : *news.events) {
      into.push_back({{event.timestamp_ms, event.message_id, name}, &event});
    }
  }
  std::sort(order.begin(), order.end());  // as they lie in the store
  for (const NodeId profile : order) {
    if (auto done = profiles_.advance(profile, std::move(by_profile[profile]), moment); !done) return done;
  }
  return {};
}

// Lets what was decided act as far as the gate lets it, and folds the facts that makes.
Result<void> FoldBatch::act(const FoldMoment& moment) {
  hold_pending();
  if (!moment.acts) {
    (void)profiles_.take_changes();
    return {};
  }
  for (const KeptEvent& kept : kept_) {
    if (auto done = gate_.settle(kept.profile, *kept.event, moment); !done) return done;
  }
  gate_.take(profiles_.take_changes());
  while (!gate_.is_idle()) {
    auto facts = gate_.judge(moment);
    if (!facts) return tl::unexpected(facts.error());
    if (facts->empty()) continue;
    if (auto done = fold_facts(*std::move(facts), moment); !done) return done;
    gate_.take(profiles_.take_changes());
  }
  return {};
}

Result<void> FoldBatch::fold_facts(std::vector<StoredEvent> facts, const FoldMoment& moment) {
  BatchCounts counts;
  for (StoredEvent& fact : facts) {
    fact.position = moment.position;
    auto kept = add(std::move(fact), counts);
    if (!kept) return tl::unexpected(kept.error());
  }
  if (auto done = strands_.flush(); !done) return done;
  std::vector<NodeId> refolded;
  if (auto done = settle_identity(moment, refolded); !done) return done;
  if (auto done = fold_news(refolded, moment); !done) return done;
  hold_pending();
  return {};
}

void FoldBatch::hold_pending() {
  for (std::vector<StoredEvent>& events : strands_.let_go()) held_.push_back(std::move(events));
}

Result<std::size_t> FoldBatch::wake_due(std::size_t limit, const FoldMoment& moment) {
  auto due = session_.profiles().due(moment.due_ms, limit);
  if (!due) return tl::unexpected(due.error());
  for (const NodeId profile : *due) {
    if (auto done = profiles_.wake(profile, moment); !done) return tl::unexpected(done.error());
  }
  kept_.clear();
  held_.clear();
  if (auto done = act(moment); !done) return tl::unexpected(done.error());
  return due->size();
}

Result<void> FoldBatch::refold_others(const std::vector<NodeId>& others, const FoldMoment& moment) {
  for (const NodeId profile : others) {
    if (auto done = profiles_.refold(profile, moment); !done) return done;
  }
  // What a new version makes of what happened before never acts.
  (void)profiles_.take_changes();
  return {};
}

Result<std::size_t> FoldBatch::refold_waiting(std::int64_t due_ms, const FoldMoment& moment) {
  auto count = profiles_.refold_waiting(due_ms, moment);
  if (!count) return count;
  kept_.clear();
  held_.clear();
  if (auto done = act(moment); !done) return tl::unexpected(done.error());
  return count;
}

Result<void> FoldBatch::refold_if_waiting(NodeId profile, const FoldMoment& moment) {
  if (auto done = profiles_.refold_if_waiting(profile, moment); !done) return done;
  kept_.clear();
  held_.clear();
  return act(moment);
}

Result<void> FoldBatch::cut(NodeId one, NodeId other, const FoldMoment& moment) {
  if (auto done = identities_.cut(one, other, moment.now_ms); !done) return done;
  std::vector<NodeId> refolded;
  if (auto done = settle_identity(moment, refolded); !done) return done;
  kept_.clear();
  held_.clear();
  return act(moment);
}

Result<std::optional<std::int64_t>> FoldBatch::stop_suppressed(std::int64_t row, const FoldMoment& moment) {
  auto rows = session_.outbox().list(row, OutboxState::waiting, kOutboxRowsPerSweep);
  if (!rows) return tl::unexpected(rows.error());
  kept_.clear();
  held_.clear();
  std::vector<StoredEvent> facts;
  for (const OutboxRow& waiting : *rows) {
    if (auto done = gate_.stop_suppressed(waiting, moment, facts); !done) return tl::unexpected(done.error());
  }
  if (auto done = fold_facts(std::move(facts), moment); !done) return tl::unexpected(done.error());
  if (auto done = act(moment); !done) return tl::unexpected(done.error());
  return rows->size() == kOutboxRowsPerSweep ? std::optional(rows->back().id) : std::nullopt;
}

// Which of them are the stream or the owner of events that are not the profile's, or named by such.
Result<std::unordered_set<NodeId>> FoldBatch::named_by_others(const std::vector<NodeId>& members) {
  std::unordered_set<NodeId> kept;
  for (const NodeId member : members) {
    auto sent = session_.strands().of_stream(member);
    if (!sent) return tl::unexpected(sent.error());
    auto owned = session_.strands().of_owner(member);
    if (!owned) return tl::unexpected(owned.error());
    if (!sent->empty() || !owned->empty()) {
      kept.insert(member);
      continue;
    }
    // What a trait says is linked by those who said it.
    auto info = identities_.info(member);
    if (!info) return tl::unexpected(info.error());
    if (info->identifier.type == kUserIdType || info->identifier.type == kAnonymousIdType) continue;
    auto links = session_.identities().links_of(member, false);
    if (!links) return tl::unexpected(links.error());
    const bool is_others = std::any_of(links->begin(), links->end(), [&](const StoredLink& link) {
      const NodeId other = link.one == member ? link.other : link.one;
      return std::find(members.begin(), members.end(), other) == members.end();
    });
    if (is_others) kept.insert(member);
  }
  return kept;
}

// What is on the suppression list stays there, as a hash alone.
Result<void> FoldBatch::forget_suppressed_name(const Identifier& identifier) {
  const auto contact = contact_identifier(journeys_->identifiers, identifier.type, identifier.value);
  return session_.suppressions().forget_name(contact ? *contact : identifier);
}

Result<void> FoldBatch::forget_suppressed_names(NodeId profile) {
  auto any = session_.suppressions().any();
  if (!any || !*any) return any ? Result<void>{} : tl::unexpected(any.error());
  auto members = session_.identities().members(profile);
  if (!members) return tl::unexpected(members.error());
  for (const NodeId member : *members) {
    auto node = session_.identities().node(member);
    if (!node) return tl::unexpected(node.error());
    if (auto done = forget_suppressed_name(node->node.identifier); !done) return done;
  }
  auto contacts = contact_identifiers(session_, journeys_->identifiers, profile);
  if (!contacts) return tl::unexpected(contacts.error());
  for (const Identifier& contact : *contacts) {
    if (auto done = session_.suppressions().forget_name(contact); !done) return done;
  }
  return {};
}

Result<ErasedPerson> FoldBatch::erase(const Identifier& identifier, const FoldMoment& moment,
                                      std::vector<KeyedHash>& tombstones) {
  forget();
  ErasedPerson person;
  tombstones.push_back(tombstones_.hash(identifier));
  if (auto done = session_.rejected().erase_naming(identifier.value); !done) {
    return tl::unexpected(done.error());
  }
  if (auto done = forget_suppressed_name(identifier); !done) return tl::unexpected(done.error());
  auto named = session_.identities().find(identifier);
  if (!named) return tl::unexpected(named.error());
  if (!*named) return person;
  auto info = identities_.info(**named);
  if (!info) return tl::unexpected(info.error());
  auto members = session_.identities().members(info->profile);
  if (!members) return tl::unexpected(members.error());
  auto strands = strands_of_profile(session_, info->profile);
  if (!strands) return tl::unexpected(strands.error());
  person.identifiers = members->size();
  if (auto done = forget_suppressed_names(info->profile); !done) return tl::unexpected(done.error());
  for (const NodeId member : *members) {
    auto node = session_.identities().node(member);
    if (!node) return tl::unexpected(node.error());
    tombstones.push_back(tombstones_.hash(node->node.identifier));
    if (auto done = session_.rejected().erase_naming(node->node.identifier.value); !done) {
      return tl::unexpected(done.error());
    }
  }
  auto removed = remove_profile(info->profile, *strands, true, moment);
  if (!removed) return tl::unexpected(removed.error());
  person.events = *removed;
  return person;
}

Result<std::uint64_t> FoldBatch::remove_profile(NodeId profile, const std::vector<StrandRecord>& strands,
                                                bool with_cuts, const FoldMoment& moment) {
  ErasureRows& erasures = session_.erasures();
  std::uint64_t removed = 0;
  for (const StrandRecord& strand : strands) {
    auto events = erasures.remove_strand(strand.id);
    if (!events) return tl::unexpected(events.error());
    removed += *events;
    auto stream = identities_.info(strand.stream);
    if (!stream) return tl::unexpected(stream.error());
    auto owner = identities_.info(strand.owner);
    if (!owner) return tl::unexpected(owner.error());
    auto sent = session_.outbox().erase(public_id(stream->identifier), public_id(owner->identifier));
    if (!sent) return tl::unexpected(sent.error());
    strands_.forget_stream(strand.stream);
  }
  auto members = session_.identities().members(profile);
  if (!members) return tl::unexpected(members.error());
  for (const NodeId member : *members) {
    if (auto done = erasures.remove_differing(member); !done) return tl::unexpected(done.error());
    strands_.forget_stream(member);
  }
  if (auto done = erasures.remove_decisions(profile); !done) return tl::unexpected(done.error());
  if (auto done = session_.profiles().remove(profile, moment.position); !done) {
    return tl::unexpected(done.error());
  }
  profiles_.drop(profile);
  auto kept = named_by_others(*members);
  if (!kept) return tl::unexpected(kept.error());
  if (auto done = identities_.erase(erasures, *members, *kept, with_cuts); !done) {
    return tl::unexpected(done.error());
  }
  std::vector<NodeId> refolded;
  if (auto done = settle_identity(moment, refolded); !done) return tl::unexpected(done.error());
  return removed;
}

Result<std::optional<StrandId>> FoldBatch::forget_before(StrandId strand, std::int64_t horizon_ms,
                                                         const FoldMoment& moment, Forgotten& forgotten) {
  kept_.clear();
  held_.clear();
  auto strands = session_.strands().after(strand, kStrandsPerSweep);
  if (!strands) return tl::unexpected(strands.error());
  std::unordered_set<NodeId> done_already;
  const std::uint64_t events_before = forgotten.events;
  StrandId reached = strand;
  for (const StrandRecord& next : *strands) {
    if (done_already.size() >= kForgottenPerSweep) break;
    reached = next.id;
    auto is_old = session_.strands().begins_before(next.id, horizon_ms);
    if (!is_old) return tl::unexpected(is_old.error());
    if (!*is_old) continue;
    auto stream = identities_.info(next.stream);
    if (!stream) return tl::unexpected(stream.error());
    if (stream->identifier.type == kNobodyType) {
      if (auto done = forget_of_nobody(next, horizon_ms, forgotten); !done)
        return tl::unexpected(done.error());
      continue;
    }
    auto profile = identities_.profile_of(next.stream, next.owner, next.trust);
    if (!profile) return tl::unexpected(profile.error());
    if (!done_already.insert(*profile).second) continue;
    auto all = strands_of_profile(session_, *profile);
    if (!all) return tl::unexpected(all.error());
    auto done = forget_events(*profile, *all, horizon_ms, moment, forgotten);
    if (!done) return tl::unexpected(done.error());
  }
  if (forgotten.events != events_before) {
    if (auto done = session_.set_setting(kEverSwept, "1"); !done) return tl::unexpected(done.error());
  }
  if (auto done = act(moment); !done) return tl::unexpected(done.error());
  const bool is_end =
      strands->empty() || (reached == strands->back().id && strands->size() < kStrandsPerSweep);
  return is_end ? std::nullopt : std::optional(reached);
}

Result<void> FoldBatch::forget_events(NodeId profile, const std::vector<StrandRecord>& strands,
                                      std::int64_t horizon_ms, const FoldMoment& moment,
                                      Forgotten& forgotten) {
  auto is_known = session_.profiles().load(profile);
  if (!is_known && !is_damaged_profile(is_known.error())) return tl::unexpected(is_known.error());
  // What is due is decided by all there is; from then on it is history.
  if (is_known && *is_known) {
    if (auto done = profiles_.refold_if_waiting(profile, moment); !done) return done;
    if (auto done = profiles_.wake(profile, moment); !done) return done;
  }
  auto named = is_named(profile);
  if (!named) return tl::unexpected(named.error());
  auto outcome = retention_.forget_events(strands, *named, horizon_ms);
  if (!outcome) return tl::unexpected(outcome.error());
  forgotten.events += outcome->events;
  if (outcome->is_empty) {
    ++forgotten.profiles;
    auto removed = remove_profile(profile, strands, false, moment);
    return removed ? Result<void>{} : tl::unexpected(removed.error());
  }
  if (outcome->events == 0) return {};
  for (const StrandRecord& strand : strands) {
    if (auto done = session_.strands().note_swept(strand.id, moment.due_ms); !done) return done;
    strands_.forget_stream(strand.stream);
  }
  return profiles_.refold_forgotten(profile, moment);
}

Result<void> FoldBatch::forget_of_nobody(const StrandRecord& strand, std::int64_t horizon_ms,
                                         Forgotten& forgotten) {
  auto outcome = retention_.forget_events({strand}, false, horizon_ms);
  if (!outcome) return tl::unexpected(outcome.error());
  forgotten.events += outcome->events;
  strands_.forget_stream(strand.stream);
  if (!outcome->is_empty) return {};
  auto removed = session_.erasures().remove_strand(strand.id);
  return removed ? Result<void>{} : tl::unexpected(removed.error());
}

// Whether the profile is known by more than a device's own id.
Result<bool> FoldBatch::is_named(NodeId profile) {
  auto members = session_.identities().members(profile);
  if (!members) return tl::unexpected(members.error());
  for (const NodeId member : *members) {
    auto node = identities_.info(member);
    if (!node) return tl::unexpected(node.error());
    if (node->identifier.type != kAnonymousIdType) return true;
  }
  return false;
}

Result<std::optional<StrandId>> FoldBatch::recall_identities(ProfileSession& before, StrandId strand,
                                                             const FoldMoment& moment) {
  auto strands = before.strands().after(strand, kStrandsPerSweep);
  if (!strands) return tl::unexpected(strands.error());
  std::unordered_set<NodeId> recalled;
  for (const StrandRecord& next : *strands) {
    if (next.swept_ms == 0) continue;
    for (const NodeId node : {next.stream, next.owner}) {
      if (!recalled.insert(node).second) continue;
      auto done = identities_.recall(before.identities(), node);
      if (!done) return tl::unexpected(done.error());
    }
  }
  std::vector<NodeId> refolded;
  if (auto done = settle_identity(moment, refolded); !done) return tl::unexpected(done.error());
  return strands->empty() ? std::nullopt : std::optional(strands->back().id);
}

Result<std::string> FoldBatch::public_id_of(NodeId profile) {
  auto info = identities_.info(profile);
  if (!info) return tl::unexpected(info.error());
  return public_id(info->identifier);
}

void FoldBatch::forget() {
  kept_.clear();
  identities_.forget();
  strands_.forget();
  profiles_.forget();
  gate_.forget();
  held_.clear();
}

}  // namespace desirepath::collector
