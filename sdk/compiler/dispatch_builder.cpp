#include "sdk/compiler/dispatch_builder.hpp"

#include <algorithm>

#include "sdk/engine/bytes.hpp"
#include "sdk/engine/limits.hpp"

namespace desirepath::compiler {

using namespace format;

namespace {

// Below this an index costs more than it saves.
constexpr std::size_t kIndexedTriggersMin = 2;

Range ranked_list(ProgramBuilder& builder, std::vector<std::uint32_t> triggers) {
  std::sort(triggers.begin(), triggers.end(), [&](std::uint32_t a, std::uint32_t b) {
    return builder.triggers[a].rank < builder.triggers[b].rank;
  });
  return builder.list(triggers);
}

std::uint32_t action_count(const ProgramBuilder& builder, std::uint32_t trigger) {
  const Range actions = builder.triggers[trigger].actions;
  return actions.end - actions.begin;
}

}  // namespace

// The facts most triggers demand a text of; each trigger is then found by the first of them it demands.
std::vector<DispatchBuilder::IndexedFact> DispatchBuilder::choose_indexes(
    const std::vector<Candidate>& candidates) {
  std::map<IndexedFact, std::size_t> demanded;
  for (const Candidate& candidate : candidates) {
    for (const TextDemand& demand : candidate.demands) ++demanded[{demand.fact, demand.path}];
  }
  std::vector<std::pair<IndexedFact, std::size_t>> facts(demanded.begin(), demanded.end());
  std::stable_sort(facts.begin(), facts.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  std::vector<IndexedFact> chosen;
  for (const auto& [fact, count] : facts) {
    if (count >= kIndexedTriggersMin && chosen.size() < kIndexesPerEventMax) chosen.push_back(fact);
  }
  return chosen;
}

void DispatchBuilder::write_triggers(ProgramBuilder& builder, const Entry& entry, EventRecord& record) {
  const std::vector<IndexedFact> facts = choose_indexes(entry.triggers);
  std::vector<std::map<std::uint32_t, std::vector<std::uint32_t>>> buckets(facts.size());
  std::vector<std::uint32_t> unindexed;
  for (const Candidate& candidate : entry.triggers) {
    bool indexed = false;
    for (std::size_t i = 0; i < facts.size() && !indexed; ++i) {
      for (const TextDemand& demand : candidate.demands) {
        if (IndexedFact(demand.fact, demand.path) != facts[i]) continue;
        buckets[i][fnv1a(demand.text)].push_back(candidate.trigger);
        indexed = true;
        break;
      }
    }
    if (!indexed) unindexed.push_back(candidate.trigger);
  }
  record.triggers = ranked_list(builder, unindexed);
  record.indexes.begin = static_cast<std::uint32_t>(builder.indexes.size());
  for (std::size_t i = 0; i < facts.size(); ++i) {
    IndexRecord index{
        facts[i].first, facts[i].second, {static_cast<std::uint32_t>(builder.buckets.size()), 0}};
    for (const auto& [hash, triggers] : buckets[i])
      builder.buckets.push_back({hash, ranked_list(builder, triggers)});
    index.buckets.end = static_cast<std::uint32_t>(builder.buckets.size());
    if (index.buckets.begin != index.buckets.end) builder.indexes.push_back(index);
  }
  record.indexes.end = static_cast<std::uint32_t>(builder.indexes.size());
}

void DispatchBuilder::write(ProgramBuilder& builder) const {
  std::uint32_t event_actions_max = 0;
  for (const auto& [name, entry] : events_) {
    EventRecord record{};
    record.name_hash = fnv1a(name);
    record.name = builder.string(name);
    record.behaviors = builder.list(entry.behaviors);
    record.score_adds = builder.list(entry.score_adds);
    record.stage_rules = builder.list({entry.stage_rules.rbegin(), entry.stage_rules.rend()});
    record.cancels = builder.list(entry.cancels);
    record.arms = builder.list(entry.arms);
    write_triggers(builder, entry, record);
    builder.events.push_back(record);
    std::uint32_t actions = 0;
    for (const Candidate& candidate : entry.triggers) actions += action_count(builder, candidate.trigger);
    event_actions_max = std::max(event_actions_max, actions);
  }
  for (const std::uint32_t waiting : builder.waiting) event_actions_max += action_count(builder, waiting);
  builder.header.decisions_max = event_actions_max;
}

}  // namespace desirepath::compiler
