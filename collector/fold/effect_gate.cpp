#include "collector/fold/effect_gate.hpp"

#include <algorithm>
#include <charconv>

#include "collector/fold/effect_fact.hpp"
#include "sdk/engine/effect_gate.hpp"
#include "sdk/engine/experiment.hpp"
#include "sdk/engine/identity.hpp"
#include "sdk/engine/limits.hpp"

namespace desirepath::collector {
namespace {

constexpr std::string_view kUnproved = "unproved";
constexpr std::string_view kSuppressed = "suppressed";
constexpr std::string_view kRestoredAt = "restored_at";
constexpr std::string_view kRestoreSettled = "restore_settled";

bool proposes(const DecisionRecord& decision) {
  return decision.fired && !decision.retracted;
}

bool is_same(const DecisionRecord& one, const DecisionRecord& other) {
  return one.decision_id == other.decision_id && one.slot == other.slot;
}

// The action that the decision chose of its trigger, in the form its person's treatment gives it; -1 where
// the journey has none any more.
std::int64_t action_of(const Scope& scope, std::uint32_t trigger, const DecisionRecord& decision) {
  const Program& program = scope.program;
  const format::Range range = form_of(scope, trigger).actions;
  for (std::uint32_t at = range.begin; at < range.end; ++at) {
    const format::ActionRecord& action = program.actions()[at];
    const std::string_view slot =
        action.slot == 0 ? std::string_view{} : program.string(program.slots()[action.slot - 1].id);
    if (program.string(program.channels()[action.channel].id) == decision.channel && slot == decision.slot) {
      return at;
    }
  }
  return -1;
}

std::string_view text_of(const Value& value) {
  return value.is_string() ? value.text() : std::string_view{};
}

}  // namespace

void EffectGate::take(std::vector<ProfileNews> news) {
  for (ProfileNews& item : news) {
    for (AssignmentRecord& assignment : item.log.assignments) {
      assignments_.emplace_back(item.profile, std::move(assignment));
    }
    for (DecisionRecord& decision : item.log.decisions) {
      if (decision.channel == kWebChannel) continue;
      for (auto& [profile, waiting] : proposals_) {
        std::erase_if(waiting, [&](const DecisionRecord& other) { return is_same(decision, other); });
      }
      if (proposes(decision)) {
        proposals_[item.profile].push_back(std::move(decision));
      } else {
        changed_.emplace_back(item.profile, std::move(decision));
      }
    }
  }
}

Result<std::vector<StoredEvent>> EffectGate::judge(const FoldMoment& moment) {
  std::vector<StoredEvent> facts;
  for (; !changed_.empty(); changed_.pop_front()) {
    auto done = withdraw(changed_.front().first, changed_.front().second, moment, facts);
    if (!done) return tl::unexpected(done.error());
  }
  for (; !assignments_.empty(); assignments_.pop_front()) {
    auto done = assign(assignments_.front().first, assignments_.front().second, moment, facts);
    if (!done) return tl::unexpected(done.error());
  }
  for (auto& [profile, waiting] : proposals_) {
    std::sort(waiting.begin(), waiting.end(), [](const auto& a, const auto& b) { return b.before(a); });
    // One that passes is a fact for those that come after it.
    const std::size_t facts_before = facts.size();
    while (!waiting.empty() && facts.size() == facts_before) {
      const DecisionRecord decision = std::move(waiting.back());
      waiting.pop_back();
      auto done = judge_one(profile, decision, moment, facts);
      if (!done) return tl::unexpected(done.error());
    }
  }
  std::erase_if(proposals_, [](const auto& entry) { return entry.second.empty(); });
  return facts;
}

Result<void> EffectGate::judge_one(NodeId profile, const DecisionRecord& decision, const FoldMoment& moment,
                                   std::vector<StoredEvent>& facts) {
  auto restored = restored_at_ms(moment.now_ms);
  if (!restored) return tl::unexpected(restored.error());
  if (decision.time_ms <= *restored) return {};
  auto proposed = proposal_of(profile, decision, moment);
  if (!proposed) return tl::unexpected(proposed.error());
  if (!*proposed) return {};
  auto rows = session_.outbox().of_decision(decision.decision_id);
  if (!rows) return tl::unexpected(rows.error());
  for (const OutboxRow& row : *rows) {
    auto known = is_of(row.person, profile);
    if (!known) return tl::unexpected(known.error());
    if (*known) return {};
  }
  auto anchor = find_anchor(profile, decision.message_id, decision.time_ms);
  if (!anchor) return tl::unexpected(anchor.error());
  if (!*anchor || (*anchor)->event.source == kImportSource) return {};

  OutboxRow& row = **proposed;
  auto person = person_of((*anchor)->strand);
  if (!person) return tl::unexpected(person.error());
  row.person = *std::move(person);
  if (row.reason.empty()) {
    auto suppressed = is_suppressed(session_, engine_.journeys().identifiers, profile, row.channel);
    if (!suppressed) return tl::unexpected(suppressed.error());
    if (*suppressed) row.reason = kSuppressed;
  }
  if (row.reason.empty()) {
    auto proved = is_proved_for(profile, (*anchor)->strand);
    if (!proved) return tl::unexpected(proved.error());
    if (!*proved) row.reason = kUnproved;
  }
  row.state = row.reason.empty() ? OutboxState::waiting : OutboxState::held;
  if (auto done = session_.outbox().insert(row); !done) return done;
  if (row.state == OutboxState::waiting) {
    auto fact = reserved_fact((*anchor)->event, row, moment.now_ms);
    if (!fact) return tl::unexpected(fact.error());
    facts.push_back(*std::move(fact));
  }
  return session_.profiles().touch_decision(profile, decision.decision_id, moment.position);
}

// The row the decision would make, with the reason that stops it; none where it is nothing to be sent, or too
// late.
Result<std::optional<OutboxRow>> EffectGate::proposal_of(NodeId profile, const DecisionRecord& decision,
                                                         const FoldMoment& moment) {
  std::optional<OutboxRow> none;
  if (auto done = profiles_.write_out(profile); !done) return tl::unexpected(done.error());
  auto record = session_.profiles().load(profile);
  if (!record) return tl::unexpected(record.error());
  if (!*record) return none;
  if (auto opened = engine_.open(**record); !opened) return tl::unexpected(opened.error());
  const auto standings = engine_.acting();
  const auto standing = std::find_if(standings.begin(), standings.end(), [&](const JourneyStanding& each) {
    return each.journey == decision.journey;
  });
  if (standing == standings.end()) return none;
  const Program& program = *standing->program;
  const std::int64_t trigger = program.find_trigger(definition_key("trigger", decision.trigger));
  if (trigger < 0) return none;
  const auto zones = engine_.journeys().zones->of(program, *standing->state);
  const Scope scope{program, *standing->state, nullptr, moment.now_ms, zones};
  const std::int64_t action_index = action_of(scope, static_cast<std::uint32_t>(trigger), decision);
  if (action_index < 0) return none;
  const format::ActionRecord& action = program.actions()[static_cast<std::uint32_t>(action_index)];
  if (action.destination == 0) return none;
  const Reason reason =
      reason_to_stop(scope, {static_cast<std::uint32_t>(trigger), static_cast<std::uint32_t>(action_index),
                             decision.message_id, decision.time_ms});
  if (reason == Reason::stale) return none;

  const format::TriggerRecord& rule = program.triggers()[static_cast<std::uint32_t>(trigger)];
  OutboxRow row;
  row.decision_id = decision.decision_id;
  row.journey = decision.journey;
  row.trigger = decision.trigger;
  row.channel = decision.channel;
  row.destination = program.optional_string(action.destination);
  if (rule.purpose != 0) row.purpose = program.string(program.purposes()[rule.purpose - 1].id);
  if (rule.promise != 0) row.promise = program.string(program.promises()[rule.promise - 1].id);
  row.treatment = decision.treatment;
  row.content = program.string(action.content);
  row.decided_ms = decision.time_ms;
  row.not_before_ms = row.next_attempt_ms = row.settled_ms = moment.now_ms;
  row.reason = to_string(reason);
  return std::optional(std::move(row));
}

Result<void> EffectGate::withdraw(NodeId profile, const DecisionRecord& decision, const FoldMoment& moment,
                                  std::vector<StoredEvent>& facts) {
  auto rows = session_.outbox().of_decision(decision.decision_id);
  if (!rows) return tl::unexpected(rows.error());
  for (const OutboxRow& row : *rows) {
    auto ours = is_of(row.person, profile);
    if (!ours) return tl::unexpected(ours.error());
    if (!*ours || row.state != OutboxState::waiting) continue;
    auto done = session_.outbox().settle(row.id, OutboxState::withdrawn, moment.now_ms);
    if (done) done = release(profile, row, moment, facts);
    if (!done) return done;
  }
  return {};
}

// Gives back what a row had reserved.
Result<void> EffectGate::release(NodeId profile, const OutboxRow& row, const FoldMoment& moment,
                                 std::vector<StoredEvent>& facts) {
  if (auto done = session_.profiles().touch_decision(profile, row.decision_id, moment.position); !done) {
    return done;
  }
  const std::string anchor_id = row.decision_id.substr(
      0,
      row.decision_id.size() - std::min(row.decision_id.size(), row.trigger.size() + row.channel.size() + 2));
  auto anchor = find_anchor(profile, anchor_id, row.decided_ms);
  if (!anchor) return tl::unexpected(anchor.error());
  if (!*anchor) return {};
  auto fact = released_fact((*anchor)->event, row, moment.now_ms);
  if (!fact) return tl::unexpected(fact.error());
  facts.push_back(*std::move(fact));
  return {};
}

Result<void> EffectGate::stop_suppressed(const OutboxRow& row, const FoldMoment& moment,
                                         std::vector<StoredEvent>& facts) {
  auto profile = profile_of(row.person);
  if (!profile) return tl::unexpected(profile.error());
  if (!*profile) return {};
  auto suppressed = is_suppressed(session_, engine_.journeys().identifiers, **profile, row.channel);
  if (!suppressed) return tl::unexpected(suppressed.error());
  if (!*suppressed) return {};
  if (auto done = session_.outbox().hold(row.id, kSuppressed, moment.now_ms); !done) return done;
  return release(**profile, row, moment, facts);
}

Result<void> EffectGate::assign(NodeId profile, const AssignmentRecord& assignment, const FoldMoment& moment,
                                std::vector<StoredEvent>& facts) {
  if (moment.now_ms - assignment.time_ms > kFreshnessDefaultMs) return {};
  auto anchor = find_anchor(profile, assignment.message_id, assignment.time_ms);
  if (!anchor) return tl::unexpected(anchor.error());
  if (!*anchor || (*anchor)->event.source == kImportSource) return {};
  auto fact = assigned_fact((*anchor)->event, assignment, moment.now_ms);
  if (!fact) return tl::unexpected(fact.error());
  facts.push_back(*std::move(fact));
  return {};
}

Result<void> EffectGate::settle(NodeId profile, const StoredEvent& event, const FoldMoment& moment) {
  if (event.trust != Trust::proved || event.source == kCollectorSource) return {};
  const Value tree = event.value();
  const std::string_view name = text_of(tree.at("event"));
  const bool is_delivery = name == "Decision Delivered";
  if (!is_delivery && name != "Decision Released") return {};
  const std::string_view decision_id = text_of(tree.at("properties").at("decisionId"));
  if (decision_id.empty()) return {};
  auto rows = session_.outbox().of_decision(decision_id);
  if (!rows) return tl::unexpected(rows.error());
  for (const OutboxRow& row : *rows) {
    const bool is_open = row.state == OutboxState::waiting || row.state == OutboxState::unknown;
    if (!is_open && !(is_delivery && row.state == OutboxState::released)) continue;
    auto ours = is_of(row.person, profile);
    if (!ours) return tl::unexpected(ours.error());
    if (!*ours) continue;
    auto done = session_.outbox().settle(row.id, is_delivery ? OutboxState::delivered : OutboxState::released,
                                         moment.now_ms);
    if (done) done = session_.profiles().touch_decision(profile, decision_id, moment.position);
    if (!done) return done;
  }
  return {};
}

Result<std::optional<FoundEvent>> EffectGate::find_anchor(NodeId profile, std::string_view message_id,
                                                          std::int64_t not_after_ms) {
  if (auto done = profiles_.write_out(profile); !done) return tl::unexpected(done.error());
  return find_event(session_, profile, message_id, not_after_ms);
}

// Whether a write key alone may make this profile be addressed by what the strand says.
Result<bool> EffectGate::is_proved_for(NodeId profile, const StrandRecord& strand) {
  if (strand.trust == Trust::proved) return true;
  auto stream = session_.identities().node(strand.stream);
  if (!stream) return tl::unexpected(stream.error());
  if (stream->node.identifier.type == kAnonymousIdType && stream->node.proved) return true;
  auto proved = session_.identities().is_proved(profile);
  if (!proved) return proved;
  return !*proved;
}

Result<OutboxPerson> EffectGate::person_of(const StrandRecord& strand) {
  auto stream = identities_.info(strand.stream);
  if (!stream) return tl::unexpected(stream.error());
  auto owner = identities_.info(strand.owner);
  if (!owner) return tl::unexpected(owner.error());
  return OutboxPerson{public_id(stream->identifier), public_id(owner->identifier), strand.trust};
}

Result<bool> EffectGate::is_of(const OutboxPerson& person, NodeId profile) {
  auto found = profile_of(person);
  if (!found) return tl::unexpected(found.error());
  return *found == profile;
}

Result<std::optional<NodeId>> EffectGate::profile_of(const OutboxPerson& person) {
  auto stream = session_.identities().find_public(person.stream);
  if (!stream) return tl::unexpected(stream.error());
  auto owner = session_.identities().find_public(person.owner);
  if (!owner) return tl::unexpected(owner.error());
  if (!*stream || !*owner) return std::optional<NodeId>{};
  auto found = identities_.profile_of(**stream, **owner, person.trust);
  if (!found) return tl::unexpected(found.error());
  return std::optional(*found);
}

// When the directory was last restored from a backup, INT64_MIN for never. What waited then is unknown now.
Result<std::int64_t> EffectGate::restored_at_ms(std::int64_t now_ms) {
  if (restored_at_ms_) return *restored_at_ms_;
  auto text = session_.setting(kRestoredAt);
  if (!text) return tl::unexpected(text.error());
  std::int64_t at_ms = INT64_MIN;
  if (!text->empty()) {
    std::from_chars(text->data(), text->data() + text->size(), at_ms);
    auto settled = session_.setting(kRestoreSettled);
    if (!settled) return tl::unexpected(settled.error());
    if (*settled != *text) {
      if (auto done = session_.outbox().forget_waiting(now_ms); !done) return tl::unexpected(done.error());
      if (auto done = session_.set_setting(kRestoreSettled, *text); !done)
        return tl::unexpected(done.error());
    }
  }
  restored_at_ms_ = at_ms;
  return at_ms;
}

void EffectGate::forget() {
  proposals_.clear();
  changed_.clear();
  assignments_.clear();
  restored_at_ms_.reset();
}

}  // namespace desirepath::collector
