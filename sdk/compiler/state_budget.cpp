#include "sdk/compiler/state_budget.hpp"

#include <algorithm>

#include "sdk/compiler/derived_facts.hpp"
#include "sdk/engine/affinity.hpp"
#include "sdk/engine/behavior_distinct.hpp"
#include "sdk/engine/behavior_extreme.hpp"
#include "sdk/engine/behavior_total.hpp"
#include "sdk/engine/bytes.hpp"
#include "sdk/engine/effect_list.hpp"
#include "sdk/engine/features.hpp"
#include "sdk/engine/intent.hpp"
#include "sdk/engine/limits.hpp"
#include "sdk/engine/person_clock.hpp"
#include "sdk/engine/score.hpp"
#include "sdk/engine/sequence.hpp"
#include "sdk/engine/state.hpp"
#include "sdk/engine/window.hpp"

namespace desirepath::compiler {

using namespace format;

namespace {

constexpr std::size_t kStoredValueMax = 6 + kStateValueBytesMax;
constexpr std::size_t kSessionBytes = 2 * kTimeBytes + 12;
constexpr std::size_t kStageBytes = 2 * kTimeBytes + 8 + kMessageIdBytesMax;
constexpr std::size_t kNamedMax = 3;

std::size_t window_bytes(const BehaviorRecord& behavior, std::size_t entry_bytes) {
  return kWindowHeadBytes + behavior.keep * entry_bytes;
}

std::size_t behavior_bytes(const BehaviorRecord& behavior) {
  const bool is_windowed = behavior.within_ms != 0;
  switch (static_cast<BehaviorKind>(behavior.kind)) {
    case BehaviorKind::count: return is_windowed ? window_bytes(behavior, kCountEntryBytes) : 4;
    case BehaviorKind::sum: return is_windowed ? window_bytes(behavior, kAmountEntryBytes) : 8;
    case BehaviorKind::min:
    case BehaviorKind::max: return is_windowed ? window_bytes(behavior, kExtremeEntryBytes) : 8;
    case BehaviorKind::last: return kTimeBytes + kStoredValueMax;
    case BehaviorKind::first: {
      const std::size_t entry = kTimeBytes + kStoredValueMax;
      return is_windowed ? window_bytes(behavior, entry) : entry;
    }
    case BehaviorKind::distinct:
      return is_windowed ? window_bytes(behavior, kDistinctEntryBytes)
                         : 1 + behavior.keep * sizeof(std::uint64_t);
    case BehaviorKind::sequence: return sequence_bytes(behavior);
    case BehaviorKind::affinity: return kAffinityHeadBytes + behavior.keep * kAffinityTextBytesMax;
    case BehaviorKind::count_: break;
  }
  return 0;
}

std::size_t cap_bytes(const Cap& cap) {
  return (cap.times + kOpenReservationsMax) * kListedEffectBytes;
}

class Ledger {
 public:
  void add(const std::string& name, std::size_t payload_bytes) {
    const std::size_t bytes = State::kRecordHeadBytes + payload_bytes;
    total_ += bytes;
    records_.push_back({bytes, name});
  }
  StateBudget sum() {
    std::stable_sort(records_.begin(), records_.end(),
                     [](const auto& a, const auto& b) { return a.first > b.first; });
    StateBudget budget{total_, {}};
    for (std::size_t i = 0; i < std::min(kNamedMax, records_.size()); ++i) {
      budget.largest +=
          (i == 0 ? "" : ", ") + records_[i].second + " " + std::to_string(records_[i].first) + " B";
    }
    return budget;
  }

 private:
  std::size_t total_ = State::kHeaderBytes;
  std::vector<std::pair<std::size_t, std::string>> records_;
};

void add_derived(const ProgramBuilder& builder, Ledger& ledger) {
  for (std::uint32_t i = 0; i < static_cast<std::uint32_t>(ContextField::count_); ++i) {
    if ((builder.header.uses_context >> i & 1) == 0) continue;
    const DerivedFact* fact = find_derived_fact(Subject::context, i);
    const bool is_time = i == static_cast<std::uint32_t>(ContextField::session_engaged);
    ledger.add(std::string(fact->word), is_time ? kTimeBytes : kStateValueBytesMax);
  }
  const std::uint32_t features = builder.header.features;
  if ((features & kFeatureIntent) != 0) {
    ledger.add("the session's intent", builder.stages.size() * kIntentEntryBytes);
  }
  if ((features & kFeatureLocalTime) != 0) ledger.add("the local time", kPersonClockBytesMax);
}

}  // namespace

StateBudget state_budget(const ProgramBuilder& builder, const std::vector<std::string>& behavior_names,
                         const std::vector<std::string>& trigger_names) {
  Ledger ledger;
  for (std::size_t i = 0; i < builder.behaviors.size(); ++i) {
    ledger.add("behavior '" + behavior_names[i] + "'", behavior_bytes(builder.behaviors[i]));
  }
  for (const ScoreRecord& score : builder.scores) {
    ledger.add("score '" + builder.strings()[score.id] + "'", kScoreBytes);
  }
  for (const TraitRecord& trait : builder.traits) {
    ledger.add("trait '" + builder.strings()[trait.name] + "'", kStoredValueMax);
  }
  for (const ConsentRecord& consent : builder.consents) {
    ledger.add("consent '" + builder.strings()[consent.category] + "'", 1);
  }
  if (!builder.stages.empty()) ledger.add("the stage", kStageBytes);
  if (builder.header.uses_session != 0) ledger.add("the session", kSessionBytes);
  add_derived(builder, ledger);
  for (const AskRecord& ask : builder.asks) {
    ledger.add("ask '" + builder.strings()[ask.field] + "'",
               ask.cap.times == 0 ? sizeof(std::uint32_t) : ask.keep * kTimeBytes);
  }
  for (const PurposeRecord& purpose : builder.purposes) {
    const std::string name = "purpose '" + builder.strings()[purpose.id] + "'";
    ledger.add(name, kServedEntriesMax * kListedEffectBytes);
    if (purpose.cap.times != 0) ledger.add("the cap of " + name, cap_bytes(purpose.cap));
  }
  for (const PromiseRecord& promise : builder.promises) {
    if (promise.contradicts.begin == promise.contradicts.end) continue;
    ledger.add("promise '" + builder.strings()[promise.id] + "'", kServedEntriesMax * kListedEffectBytes);
  }
  for (const ExperimentRecord& experiment : builder.experiments) {
    ledger.add("the place in experiment '" + builder.strings()[experiment.id] + "'", kAssignmentBytes);
  }
  for (const ChannelRecord& channel : builder.channels) {
    if (channel.cap.times == 0) continue;
    ledger.add("the cap of channel '" + builder.strings()[channel.id] + "'", cap_bytes(channel.cap));
  }
  for (const WatchRecord& watch : builder.watches) {
    ledger.add("the watch of audience '" + builder.strings()[builder.audiences[watch.audience].id] + "'",
               kTimeBytes + 1 + kMessageIdBytesMax);
  }
  for (std::size_t i = 0; i < builder.triggers.size(); ++i) {
    const TriggerRecord& trigger = builder.triggers[i];
    const std::string name = "trigger '" + trigger_names[i] + "'";
    if (trigger.cap.times != 0) ledger.add("the cap of " + name, cap_bytes(trigger.cap));
    if (trigger.waits != 0) ledger.add("the wait of " + name, kTimeBytes + kMessageIdBytesMax);
  }
  return ledger.sum();
}

}  // namespace desirepath::compiler
