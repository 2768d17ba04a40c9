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

Occasion occasion_lists(ProgramBuilder& builder, const std::vector<std::uint32_t>& triggers) {
  std::vector<std::uint32_t> arms;
  std::vector<std::uint32_t> at_once;
  for (const std::uint32_t trigger : triggers) {
    (builder.triggers[trigger].waits != 0 ? arms : at_once).push_back(trigger);
  }
  return {ranked_list(builder, arms), ranked_list(builder, at_once)};
}

std::uint32_t action_count(const ProgramBuilder& builder, std::uint32_t trigger) {
  const TriggerRecord& record = builder.triggers[trigger];
  std::uint32_t most = record.actions.end - record.actions.begin;
  for (std::uint32_t i = record.forms.begin; i < record.forms.end; ++i) {
    most = std::max(most, builder.forms[i].actions.end - builder.forms[i].actions.begin);
  }
  return most;
}

bool is_empty(const BucketRecord& bucket) {
  return bucket.triggers.begin == bucket.triggers.end;
}

// A power of two, at least half of it left empty so that searches are short.
std::size_t table_size(std::size_t buckets) {
  std::size_t size = 2;
  while (size < 2 * buckets) size *= 2;
  return size;
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
    if (buckets[i].empty()) continue;
    const auto begin = static_cast<std::uint32_t>(builder.buckets.size());
    const auto size = static_cast<std::uint32_t>(table_size(buckets[i].size()));
    builder.buckets.resize(begin + size);
    for (const auto& [hash, triggers] : buckets[i]) {
      std::uint32_t place = hash;
      while (!is_empty(builder.buckets[begin + place % size])) ++place;
      builder.buckets[begin + place % size] = {hash, ranked_list(builder, triggers)};
    }
    builder.indexes.push_back({facts[i].first, facts[i].second, {begin, begin + size}});
  }
  record.indexes.end = static_cast<std::uint32_t>(builder.indexes.size());
}

std::uint32_t DispatchBuilder::actions_of(const ProgramBuilder& builder, OccasionKind kind,
                                          std::uint32_t of) const {
  const auto triggers = occasions_.find({kind, of});
  std::uint32_t actions = 0;
  if (triggers == occasions_.end()) return 0;
  for (const std::uint32_t trigger : triggers->second) {
    if (builder.triggers[trigger].waits == 0) actions += action_count(builder, trigger);
  }
  return actions;
}

void DispatchBuilder::write_occasions(ProgramBuilder& builder) const {
  for (const auto& [occasion, triggers] : occasions_) {
    const Occasion lists = occasion_lists(builder, triggers);
    switch (occasion.first) {
      case OccasionKind::stage_enter: builder.stages[occasion.second].entered = lists; break;
      case OccasionKind::stage_leave: builder.stages[occasion.second].left = lists; break;
      case OccasionKind::stage_stuck: builder.stages[occasion.second].stuck = lists.triggers; break;
      case OccasionKind::audience_enter: builder.watches[occasion.second].entered = lists; break;
      case OccasionKind::audience_leave: builder.watches[occasion.second].left = lists; break;
      case OccasionKind::event:
      case OccasionKind::date: break;
    }
  }
}

void DispatchBuilder::add_reader(std::vector<std::uint32_t> Entry::*list, std::uint32_t index,
                                 const FactsRead& reads) {
  readers_.push_back({list, index, reads});
  for (const std::string& event : reads.events) events_[event];
}

bool DispatchBuilder::can_change(const ProgramBuilder& builder, const std::string& event, const Entry& entry,
                                 const FactsRead& reads) {
  if (reads.events.count(event) != 0) return true;
  if (reads.stage && !(entry.enters.empty() && entry.exits.empty())) return true;
  for (const std::uint32_t behavior : entry.behaviors) {
    if (reads.behaviors.count(behavior) != 0) return true;
  }
  for (const std::uint32_t add : entry.score_adds) {
    if (reads.scores.count(builder.score_adds[add].score) != 0) return true;
  }
  return false;
}

void DispatchBuilder::write_readers(const ProgramBuilder& builder) {
  for (auto& [event, entry] : events_) {
    for (const Reader& reader : readers_) {
      if (can_change(builder, event, entry, reader.reads)) (entry.*reader.list).push_back(reader.index);
    }
  }
}

// What one instant can propose: all an event can bring, or all that can be due at once.
void DispatchBuilder::write_bounds(ProgramBuilder& builder) const {
  std::uint32_t entered = 0;
  std::uint32_t left = 0;
  std::uint32_t stuck = 0;
  for (std::uint32_t i = 0; i < builder.stages.size(); ++i) {
    entered = std::max(entered, actions_of(builder, OccasionKind::stage_enter, i));
    left = std::max(left, actions_of(builder, OccasionKind::stage_leave, i));
    stuck = std::max(stuck, actions_of(builder, OccasionKind::stage_stuck, i));
  }
  std::uint32_t changed = 0;
  for (std::uint32_t i = 0; i < builder.watches.size(); ++i) {
    changed += std::max(actions_of(builder, OccasionKind::audience_enter, i),
                        actions_of(builder, OccasionKind::audience_leave, i));
  }
  std::uint32_t of_event = 0;
  for (const auto& [name, entry] : events_) {
    std::uint32_t actions = entry.enters.empty() && entry.exits.empty() ? 0 : entered + left;
    for (const Candidate& candidate : entry.triggers) actions += action_count(builder, candidate.trigger);
    of_event = std::max(of_event, actions);
  }
  std::uint32_t of_time = stuck + changed;
  auto anchors = static_cast<std::uint32_t>(builder.watches.size()) + (stuck != 0 ? 1 : 0);
  for (std::uint32_t i = 0; i < builder.triggers.size(); ++i) {
    if (builder.triggers[i].waits == 0) continue;
    of_time += action_count(builder, i);
    ++anchors;
  }
  builder.header.decisions_max = std::max(of_event + changed, of_time);
  builder.header.anchors_max = anchors;
}

void DispatchBuilder::write(ProgramBuilder& builder) {
  write_readers(builder);
  for (const auto& [name, entry] : events_) {
    EventRecord record{};
    record.name_hash = fnv1a(name);
    record.name = builder.string(name);
    record.behaviors = builder.list(entry.behaviors);
    record.score_adds = builder.list(entry.score_adds);
    record.evidence = builder.list(entry.evidence);
    std::vector<std::uint32_t> rules(entry.enters.rbegin(), entry.enters.rend());
    rules.insert(rules.end(), entry.exits.rbegin(), entry.exits.rend());
    record.stage_rules = builder.list(rules);
    record.cancels = builder.list(entry.cancels);
    record.arms = builder.list(entry.arms);
    record.watches = builder.list(entry.watches);
    record.schedules = builder.list(entry.schedules);
    write_triggers(builder, entry, record);
    builder.events.push_back(record);
  }
  write_occasions(builder);
  write_bounds(builder);
}

}  // namespace desirepath::compiler
