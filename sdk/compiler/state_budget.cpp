#include "sdk/compiler/state_budget.hpp"

#include <algorithm>

#include "sdk/engine/bytes.hpp"
#include "sdk/engine/limits.hpp"
#include "sdk/engine/state.hpp"

namespace desirepath::compiler {

using namespace format;

namespace {

constexpr std::size_t kStoredValueMax = 6 + kStateValueBytesMax;
constexpr std::size_t kEffectEntryBytes = kTimeBytes + 4;
constexpr std::size_t kSessionBytes = 2 * kTimeBytes + 12;
constexpr std::size_t kNamedMax = 3;

std::size_t behavior_bytes(const BehaviorRecord& behavior) {
  const bool is_windowed = behavior.within_ms != 0;
  switch (static_cast<BehaviorKind>(behavior.kind)) {
    case BehaviorKind::count: return is_windowed ? 1 + behavior.keep * kTimeBytes : 4;
    case BehaviorKind::sum: return is_windowed ? 1 + behavior.keep * (kTimeBytes + 8) : 8;
    default: return kTimeBytes + (behavior.fact != 0 ? kStoredValueMax : 0);
  }
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

}  // namespace

StateBudget state_budget(const ProgramBuilder& builder, const std::vector<std::string>& behavior_names,
                         const std::vector<std::string>& trigger_names) {
  Ledger ledger;
  for (std::size_t i = 0; i < builder.behaviors.size(); ++i) {
    ledger.add("behavior '" + behavior_names[i] + "'", behavior_bytes(builder.behaviors[i]));
  }
  for (const TraitRecord& trait : builder.traits) {
    ledger.add("trait '" + builder.strings()[trait.name] + "'", kStoredValueMax);
  }
  for (const ConsentRecord& consent : builder.consents) {
    ledger.add("consent '" + builder.strings()[consent.category] + "'", 1);
  }
  if (!builder.stages.empty()) ledger.add("the stage", 4 + kTimeBytes);
  if (builder.header.uses_session != 0) ledger.add("the session", kSessionBytes);
  for (const PurposeRecord& purpose : builder.purposes) {
    const std::string name = "purpose '" + builder.strings()[purpose.id] + "'";
    ledger.add(name, 2 * kEffectEntryBytes);
    if (purpose.cap.times != 0) ledger.add("the cap of " + name, purpose.cap.times * kEffectEntryBytes);
  }
  for (const ChannelRecord& channel : builder.channels) {
    if (channel.cap.times == 0) continue;
    ledger.add("the cap of channel '" + builder.strings()[channel.id] + "'",
               channel.cap.times * kEffectEntryBytes);
  }
  for (std::size_t i = 0; i < builder.triggers.size(); ++i) {
    const TriggerRecord& trigger = builder.triggers[i];
    const std::string name = "trigger '" + trigger_names[i] + "'";
    if (trigger.cap.times != 0) ledger.add("the cap of " + name, trigger.cap.times * kEffectEntryBytes);
    if (trigger.wait_ms != 0) ledger.add("the wait of " + name, kTimeBytes + kMessageIdBytesMax);
  }
  return ledger.sum();
}

}  // namespace desirepath::compiler
